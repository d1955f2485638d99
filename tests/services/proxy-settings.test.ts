import { describe, expect, it } from "vitest";
import { PROXY_ID } from "#lib/contracts/operations.ts";
import { db } from "#lib/store/db.ts";
import { api, faultPaths, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("the proxy's own settings", () => {
  it("are there before anything was published, with their defaults", async () => {
    const { status, body, headers } = await api("GET", "/proxy-settings", { as: "viewer" });
    expect(status).toBe(200);
    expect(body.clientLimits).toMatchObject({ headMs: 10_000, idleMs: 75_000, maxHeadBytes: 32_768 });
    expect(headers.get("etag")).toBe('"0"');
  });

  it("are changed by a patch that is a revision, audited, compared and rolled back like any other", async () => {
    await makePool();
    const { status, body } = await api("PATCH", "/proxy-settings", { body: { clientLimits: { headMs: 4_000 } } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ clientLimits: { headMs: 4_000, idleMs: 75_000 } });
    const { body: revision } = await api("GET", `/revisions/${body.revision}`);
    expect(revision).toMatchObject({
      action: "proxy.update",
      changes: [{ kind: "proxy", fields: [{ path: "clientLimits.headMs", before: 10_000, after: 4_000 }] }],
    });
    const entry = await db().audit.findFirstOrThrow({ where: { action: "proxy.update" } });
    expect(entry).toMatchObject({ targetKind: "proxy", targetId: PROXY_ID, revision: body.revision });
    expect(entry.after).toMatchObject({ clientLimits: { headMs: 4_000 } });
    await api("POST", `/revisions/${body.revision - 1}/rollback`, { body: {} });
    expect((await api("GET", "/proxy-settings")).body.clientLimits.headMs).toBe(10_000);
  });

  it("are refused with every fault, by who may not, and when somebody published meanwhile", async () => {
    const before = await revisionCount();
    const bad = await api("PATCH", "/proxy-settings", { body: { clientLimits: { headMs: 0, maxHeadBytes: 5 }, y: 1 } });
    expect(bad.status).toBe(400);
    expect(faultPaths(bad)).toEqual(["clientLimits.headMs", "clientLimits.maxHeadBytes", "y"]);
    expect((await api("PATCH", "/proxy-settings", { as: "operator", body: {} })).status).toBe(403);
    const stale = await api("PATCH", "/proxy-settings", { body: {}, headers: { "if-match": "999" } });
    expect(stale).toMatchObject({ status: 412, body: { code: "stale-revision" } });
    expect(await revisionCount()).toBe(before);
  });
});
