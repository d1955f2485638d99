import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigChange, type ConfigOperation, PROXY_ID } from "#lib/contracts/operations.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { diffConfig } from "#lib/core/config/diff.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { NEW, node, PAYMENTS, pool, ROUTE_V1, SEARCH, SG_1, sample } from "./sample.ts";

const before = sample();
function changes(...operations: ConfigOperation[]) {
  const result = applyOperations(before, operations);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return diffConfig(before, result.document);
}

describe("differences", () => {
  test("there are none between equal documents", () => {
    expect(diffConfig(before, sample())).toEqual([]);
  });
  test("a changed setting is told by its dotted path, before and after", () => {
    const patch = {
      healthCheck: { http: { path: "/ready" } },
      retry: { retryStatuses: [503] },
      description: "card payments",
    };
    expect(changes({ op: "pool.update", id: PAYMENTS, patch })).toEqual([
      {
        kind: "pool",
        change: "changed",
        id: PAYMENTS,
        name: "payments",
        fields: [
          { path: "description", before: "", after: "card payments" },
          { path: "healthCheck.http.path", before: "/", after: "/ready" },
          { path: "retry.retryStatuses", before: [500, 502, 503, 504], after: [503] },
        ],
      },
    ]);
  });
  test("the proxy's own settings are told first, under an id that stands for them", () => {
    const told = changes(
      { op: "pool.update", id: PAYMENTS, patch: { description: "x" } },
      { op: "proxy.update", patch: { clientLimits: { idleMs: 5_000 } } },
    );
    expect(told[0]).toEqual({
      kind: "proxy",
      change: "changed",
      id: PROXY_ID,
      name: "proxy",
      fields: [{ path: "clientLimits.idleMs", before: 75_000, after: 5_000 }],
    });
    expect(ConfigChange.safeParse(told[0]).success).toBe(true);
  });
  test("an added node tells its pool in its name, and only what is not default", () => {
    expect(changes({ op: "node.create", id: NEW, poolId: PAYMENTS, node: node({ name: "sg-3", weight: 2 }) })).toEqual([
      {
        kind: "node",
        change: "added",
        id: NEW,
        name: "payments / sg-3",
        fields: [
          { path: "name", before: null, after: "sg-3" },
          { path: "url", before: null, after: "http://10.0.0.9" },
          { path: "weight", before: null, after: 2 },
        ],
      },
    ]);
  });
  test("a route tells its pool by name, and its match by condition", () => {
    const match = { host: "api.example.org", pathPrefix: "/v2", headers: { "x-canary": "1" } };
    expect(changes({ op: "route.update", id: ROUTE_V1, patch: { match, poolId: PAYMENTS } })).toEqual([
      {
        kind: "route",
        change: "changed",
        id: ROUTE_V1,
        name: "api.example.org/v2 x-canary=1",
        fields: [
          { path: "match.pathPrefix", before: "/v1", after: "/v2" },
          { path: "match.headers.x-canary", before: null, after: "1" },
          { path: "pool", before: "search", after: "payments" },
        ],
      },
    ]);
  });
  test("a removed pool is told with its nodes, after what was added and changed", () => {
    const told = changes(
      { op: "route.delete", id: ROUTE_V1 },
      { op: "pool.delete", id: SEARCH },
      { op: "pool.create", id: NEW, pool: pool({ name: "images" }) },
      { op: "node.update", id: SG_1, patch: { weight: 6 } },
    );
    expect(told.map((c) => `${c.kind} ${c.change} ${c.name}`)).toEqual([
      "pool added images",
      "pool removed search",
      "node changed payments / sg-1",
      "node removed search / eu-1",
      "route removed api.example.org/v1",
    ]);
    expect(told.at(-1)?.fields).toContainEqual({ path: "pool", before: "search", after: null });
  });
  test("a node that moved to another pool is told", () => {
    const after = sample();
    after.pools[1]?.nodes.push(...(after.pools[0]?.nodes.splice(0, 1) ?? []));
    expect(diffConfig(before, after)).toMatchObject([
      { id: SG_1, change: "changed", fields: [{ path: "pool", before: "payments", after: "search" }] },
    ]);
  });
  test("every change satisfies its contract, and documents differ exactly when there is one", () => {
    const operation = fc.constantFrom<ConfigOperation>(
      { op: "pool.update", id: PAYMENTS, patch: { timeouts: { queueMs: 1 } } },
      { op: "pool.update", id: PAYMENTS, patch: {} },
      { op: "node.update", id: SG_1, patch: { zone: "a" } },
      { op: "node.delete", id: SG_1 },
      { op: "route.delete", id: ROUTE_V1 },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 4 }), (operations) => {
        const result = applyOperations(before, operations);
        fc.pre(result.ok);
        const told = diffConfig(before, result.document);
        for (const change of told) expect(ConfigChange.parse(change)).toEqual(change);
        expect(told.length === 0).toBe(sameDocument(before, result.document));
      }),
    );
  });
});
