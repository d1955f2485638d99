import { describe, expect, test } from "vitest";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { validateDocument } from "#lib/core/config/validate.ts";
import { sample } from "./sample.ts";

type Pool = ConfigDocument["pools"][number];
const changed = (change: (document: ConfigDocument) => void): ConfigDocument => {
  const document = sample();
  change(document);
  return document;
};
const firstPool = (over: Partial<Pool>) => changed((d) => d.pools.splice(0, 1, { ...(d.pools[0] as Pool), ...over }));
const faultPaths = (input: unknown) => {
  const result = validateDocument(input);
  return result.ok ? [] : result.faults.map((f) => f.path.join("."));
};
const warnings = (input: ConfigDocument) => {
  const result = validateDocument(input);
  return result.ok ? result.warnings.map((w) => `${w.path.join(".")} ${w.code}`) : [`refused: ${result.code}`];
};

describe("whole documents", () => {
  test("a valid one comes back itself, without warnings", () => {
    const document = sample();
    const result = validateDocument(document);
    expect(result).toEqual({ ok: true, document, warnings: [] });
    expect(result.ok && result.document).toBe(document);
  });
  test("what an older version left out is filled with defaults", () => {
    const old = { pools: [{ ...sample().pools[0], breaker: undefined }], routes: [] };
    const result = validateDocument(old);
    expect(
      result.ok && sameDocument(result.document, { ...sample(), pools: sample().pools.slice(0, 1), routes: [] }),
    ).toBe(true);
  });
  test("every malformed field is named at its place", () => {
    const document = { ...sample(), extra: 1 };
    Object.assign(document.pools[0]?.nodes[1] as object, { url: "ftp://x", weight: 1_001 });
    expect(faultPaths(document).toSorted()).toEqual(["extra", "pools.0.nodes.1.url", "pools.0.nodes.1.weight"]);
    expect(faultPaths(null)).toEqual([""]);
  });
  test("every broken rule is named at its place", () => {
    const document = changed((d) => {
      const [payments, search] = d.pools as [Pool, Pool];
      search.name = "PAYMENTS";
      search.isDefault = true;
      payments.nodes.push({ ...(payments.nodes[0] as Pool["nodes"][number]), name: "SG-2" });
      d.routes.push({ ...(d.routes[0] as ConfigDocument["routes"][number]), poolId: d.routes[0]?.id as string });
    });
    expect(faultPaths(document).toSorted()).toEqual([
      "pools.0.nodes.2.id",
      "pools.0.nodes.2.name",
      "pools.1.isDefault",
      "pools.1.name",
      "routes.2.id",
      "routes.2.match",
      "routes.2.poolId",
    ]);
  });
});

describe("warnings", () => {
  const settings = sample().pools[0] as Pool;
  const nodes = settings.nodes;
  test.each<[string, Partial<Pool>, string]>([
    ["no nodes", { nodes: [] }, "pools.0.nodes no-nodes"],
    ["all weights 0", { nodes: nodes.map((n) => ({ ...n, weight: 0 })) }, "pools.0.nodes all-weights-zero"],
    ["backups only", { nodes: nodes.map((n) => ({ ...n, backup: true })) }, "pools.0.nodes only-backups"],
    ["one URL twice", { nodes: nodes.map((n) => ({ ...n, url: "http://x" })) }, "pools.0.nodes.1.url same-url"],
    [
      "a breaker that one success keeps closed",
      { breaker: { ...settings.breaker, errorRatio: 1 } },
      "pools.0.breaker.errorRatio breaker-never-opens",
    ],
    [
      "a breaker without a threshold",
      { breaker: { ...settings.breaker, errorRatio: 0 } },
      "pools.0.breaker.errorRatio breaker-opens-at-once",
    ],
    [
      "open time above its maximum",
      { breaker: { ...settings.breaker, openMs: 9_000, maxOpenMs: 8_999 } },
      "pools.0.breaker.maxOpenMs above-maximum",
    ],
    [
      "ejection above its maximum",
      { ejection: { ...settings.ejection, baseEjectionMs: 9_000, maxEjectionMs: 8_999 } },
      "pools.0.ejection.maxEjectionMs above-maximum",
    ],
    [
      "overlapping checks",
      { healthCheck: { ...settings.healthCheck, intervalMs: 100, timeoutMs: 101 } },
      "pools.0.healthCheck.timeoutMs checks-overlap",
    ],
    [
      "more idle connections to a node than in all",
      { keepAlive: { ...settings.keepAlive, maxIdle: 10, maxIdlePerNode: 11 } },
      "pools.0.keepAlive.maxIdlePerNode above-maximum",
    ],
    [
      "nothing that heals",
      {
        healthCheck: { ...settings.healthCheck, enabled: false },
        breaker: { ...settings.breaker, enabled: false },
        ejection: { ...settings.ejection, enabled: false },
      },
      "pools.0 no-healing",
    ],
  ])("%s", (_, over, expected) => expect(warnings(firstPool(over))).toEqual([expected]));
  test("a pool that no request can reach", () => {
    expect(warnings(changed((d) => d.routes.shift()))).toEqual(["pools.1 unreachable"]);
  });
});
