import { expect, it } from "vitest";
import { EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { setAsideUnknownRules } from "#lib/core/alerts/unknown-rules.ts";
import { checkDocument } from "#workers/control/check-document.ts";
import { DocumentReader } from "#workers/control/document-reader.ts";

const rule = (kind: string) => ({ name: "n", enabled: true, level: 1, condition: { kind } });
const stored = (alertRules: object) => ({ ...EMPTY_CONFIG, proxy: { ...EMPTY_CONFIG.proxy, alertRules } });

it("sets rules of kinds that are not known aside, and only those", () => {
  const { document, unknown } = setAsideUnknownRules(stored({ a: rule("of-tomorrow"), b: rule("node-down"), c: 7 }));
  expect(unknown).toEqual([{ key: "a", kind: "of-tomorrow", name: "n" }]);
  expect(document).toMatchObject({ proxy: { alertRules: { b: rule("node-down"), c: 7 } } });
  const plain = stored({ b: rule("node-down") });
  expect(setAsideUnknownRules(plain).document).toBe(plain);
  for (const other of [null, 1, [], {}, { proxy: 1 }])
    expect(setAsideUnknownRules(other)).toEqual({ document: other, unknown: [] });
});

it("a worker uses a revision that holds one, without it, and still refuses what is wrong in another way", () => {
  const reader = new DocumentReader();
  for (const read of [checkDocument, (document: unknown) => reader.read(document)]) {
    expect(read(stored({ a: rule("of-tomorrow"), b: rule("node-down") }))).toMatchObject({
      proxy: { alertRules: { b: { condition: { kind: "node-down" } } } },
    });
    expect(read(stored({ b: { ...rule("node-down"), level: 9 } }))).toMatch(/alertRules\.b\.level/);
  }
});
