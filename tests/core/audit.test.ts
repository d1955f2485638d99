import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEntry } from "#lib/contracts/access.ts";
import { AUDIT_CSV_HEAD, auditCsvLine, csvCell } from "#lib/core/audit/csv.ts";
import { redactSecrets } from "#lib/core/audit/redact.ts";

const entry: AuditEntry = {
  id: "7",
  at: "2026-11-28T00:00:00.000Z",
  actorKind: "user",
  actorId: "u",
  actorName: '=HYPERLINK("http://evil")',
  tokenId: null,
  tokenName: null,
  address: "::1",
  action: "pool.update",
  targetKind: "pool",
  targetId: "p",
  targetName: 'a "quoted", name',
  poolId: "p",
  revision: 3,
  before: { weight: 1 },
  after: null,
};

describe("an audit as CSV", () => {
  it("has a column for everything, and no cell that a spreadsheet would take for a formula", () => {
    expect(AUDIT_CSV_HEAD.trimEnd().split(",").toSorted()).toEqual(Object.keys(entry).toSorted());
    expect(auditCsvLine(entry)).toBe(
      `7,2026-11-28T00:00:00.000Z,user,u,"'=HYPERLINK(""http://evil"")",,,::1,pool.update,pool,p,"a ""quoted"", name",p,3,"{""weight"":1}",\r\n`,
    );
  });

  it.each(["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\n=1", "＝1"])("escapes %j", (text) => {
    expect(csvCell(text).replace(/^"/, "")).toMatch(/^'/);
  });
  it.each(["", "a=b", "1-2", "2026-11-28", "x@y", "::1"])("leaves %j as it is", (text) => {
    expect(csvCell(text)).toBe(text);
  });

  it("gives every text back to who reads it by RFC 4180, but for the apostrophe before a formula", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cell = csvCell(text);
        const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        expect([text, `'${text}`]).toContain(read);
        if (!cell.startsWith('"')) expect(cell).not.toMatch(/[",\r\n]/);
      }),
    );
  });
});

describe("redaction", () => {
  it("takes secrets out wherever they stand, and keeps references to stored ones", () => {
    const reference = { secret: "0b0c7a5e-1111-4222-8333-444455556666" };
    expect(
      redactSecrets({
        password: "hunter2",
        headers: [
          { name: "X-Api-Key", value: "abc" },
          { name: "accept", value: "text/plain" },
        ],
        deep: [{ privateKey: "pem", key: reference }],
        weight: 3,
      }),
    ).toEqual({
      password: "[redacted]",
      headers: [
        { name: "X-Api-Key", value: "[redacted]" },
        { name: "accept", value: "text/plain" },
      ],
      deep: [{ privateKey: "[redacted]", key: reference }],
      weight: 3,
    });
  });
});
