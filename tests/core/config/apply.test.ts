import { describe, expect, test } from "vitest";
import { z } from "zod";
import { EMPTY_CONFIG, PoolInput, ProxySettings, Stickiness } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { applyOperations, type Refusal } from "#lib/core/config/apply.ts";
import { SETTINGS_GROUPS } from "#lib/core/config/patch.ts";
import { validateDocument } from "#lib/core/config/validate.ts";
import {
  EU_1,
  frozen,
  id,
  NEW,
  node,
  PAYMENTS,
  pool,
  ROUTE_ADMIN,
  ROUTE_V1,
  route,
  SEARCH,
  SG_1,
  SG_2,
  sample,
} from "./sample.ts";

const document = frozen(sample());
function applied(...operations: ConfigOperation[]) {
  const result = applyOperations(document, frozen(operations));
  if (!result.ok) throw new Error(JSON.stringify(result));
  expect(validateDocument(result.document).ok).toBe(true);
  return result.document;
}
function refused(...operations: ConfigOperation[]): Refusal {
  const result = applyOperations(document, operations);
  if (result.ok) throw new Error("was not refused");
  return result;
}
const brief = ({ code, faults }: Refusal) => [code, faults.map((f) => f.path), faults.map((f) => f.message).join("; ")];

describe("creating", () => {
  test("adds pools, nodes and routes at the end, and leaves the input as it was", () => {
    const next = applied(
      { op: "pool.create", id: NEW, pool: pool({ name: "images" }) },
      { op: "node.create", id: id(100), poolId: NEW, node: node() },
      { op: "route.create", id: id(101), route: route({ match: { host: "img.org" }, poolId: NEW }) },
    );
    expect(next.pools.at(-1)).toMatchObject({ id: NEW, name: "images", nodes: [{ id: id(100), weight: 1 }] });
    expect(next.routes.at(-1)).toMatchObject({ id: id(101), poolId: NEW });
    expect(document).toEqual(sample());
  });
  test("a node of an unknown pool is not found", () => {
    expect(brief(refused({ op: "node.create", id: NEW, poolId: id(77), node: node() }))).toEqual([
      "not-found",
      [["poolId"]],
      "no pool has this id",
    ]);
  });
  test("an id that is in use is a conflict, also across kinds", () => {
    expect(brief(refused({ op: "node.create", id: SEARCH, poolId: PAYMENTS, node: node() }))).toEqual([
      "conflict",
      [["id"]],
      "another pool has this id: search",
    ]);
  });
});

describe("names", () => {
  test.each<[string, ConfigOperation, string]>([
    [
      "pool",
      { op: "pool.create", id: NEW, pool: pool({ name: "PayMents" }) },
      "another pool is already called payments",
    ],
    [
      "renamed pool",
      { op: "pool.update", id: PAYMENTS, patch: { name: "SEARCH" } },
      "another pool is already called search",
    ],
    [
      "node",
      { op: "node.create", id: NEW, poolId: PAYMENTS, node: node({ name: "SG-1" }) },
      "another node is already called sg-1",
    ],
    ["renamed node", { op: "node.update", id: SG_1, patch: { name: "sg-2" } }, "another node is already called sg-2"],
  ])("of a %s is unique without case", (_, operation, message) => {
    expect(brief(refused(operation))).toEqual(["duplicate-name", [["name"]], message]);
  });
  test("may be the same in different pools, and may change only their case", () => {
    applied({ op: "node.create", id: NEW, poolId: SEARCH, node: node({ name: "sg-1" }) });
    expect(applied({ op: "pool.update", id: SEARCH, patch: { name: "Search" } }).pools[1]?.name).toBe("Search");
  });
  test("may be swapped within one change set", () => {
    const next = applied(
      { op: "node.update", id: SG_1, patch: { name: "sg-2" } },
      { op: "node.update", id: SG_2, patch: { name: "sg-1" } },
    );
    expect(next.pools[0]?.nodes.map((n) => n.name)).toEqual(["sg-2", "sg-1"]);
  });
});

describe("patching", () => {
  test("merges settings groups one level, and the HTTP check inside the health check", () => {
    const [changed] = applied({
      op: "pool.update",
      id: PAYMENTS,
      patch: { breaker: { openMs: 1_234 }, healthCheck: { fall: 5, http: { path: "/ready" } } },
    }).pools;
    const [before] = document.pools;
    expect(changed?.breaker).toEqual({ ...before?.breaker, openMs: 1_234 });
    expect(changed?.healthCheck).toEqual({
      ...before?.healthCheck,
      fall: 5,
      http: { ...before?.healthCheck.http, path: "/ready" },
    });
    expect(changed?.nodes).toEqual(before?.nodes);
  });
  test("merges every group of a pool's and of the proxy's settings: none loses what a patch does not name", () => {
    const groups = Object.entries({ ...PoolInput.shape, ...ProxySettings.shape }).filter(
      ([, schema]) => schema instanceof z.ZodPrefault && schema.unwrap() instanceof z.ZodObject,
    );
    expect(groups.map(([name]) => name)).toContain("cooling");
    expect(groups.map(([name]) => name)).toContain("accessLog");
    for (const [name] of groups) expect(SETTINGS_GROUPS).toContain(name);
  });
  test("replaces a route's match, a hash key and stickiness whole", () => {
    expect(
      applied({ op: "route.update", id: ROUTE_V1, patch: { match: { pathPrefix: "/v2" } } }).routes[0]?.match,
    ).toEqual({
      pathPrefix: "/v2",
    });
    const keyed = { op: "pool.update", id: SEARCH, patch: { hashKey: { from: "header", name: "x-user" } } } as const;
    expect(applied(keyed).pools[1]?.hashKey).toEqual({ from: "header", name: "x-user" });
    const stuck = { op: "pool.update", id: SEARCH, patch: { stickiness: { mode: "cookie", name: "s" } } } as const;
    expect(applied(stuck).pools[1]?.stickiness).toEqual({ ...Stickiness.parse({ mode: "cookie" }), name: "s" });
  });
  test.each<[string, ConfigOperation[]]>([
    ["nothing", []],
    ["an empty patch", [{ op: "pool.update", id: PAYMENTS, patch: {} }]],
    [
      "the values that are there",
      [{ op: "node.update", id: SG_1, patch: { weight: 5, url: "http://10.0.0.1:8080/" } }],
    ],
    ["the same document", [{ op: "document.replace", document: sample() }]],
  ])("with %s gives back the same document", (_, operations) => {
    expect(applied(...operations)).toBe(document);
  });
  test("names every fault with its path", () => {
    const { code, faults } = refused({
      op: "pool.update",
      id: PAYMENTS,
      patch: { breaker: { errorRatio: 2, opnMs: 1 }, algorithm: "best", maxQueue: 1.5, colour: "red" },
    });
    expect(code).toBe("invalid-input");
    expect(faults.map((f) => `${f.path.join(".")}: ${f.message}`).toSorted()).toEqual([
      "algorithm: must be one of weighted-round-robin, least-connections, peak-ewma, least-time, random-two-choices, consistent-hash",
      "breaker.errorRatio: must be at most 1",
      "breaker.opnMs: is not a known field",
      "colour: is not a known field",
      "maxQueue: must be a whole number",
    ]);
  });
  test("cannot change an id or a pool's nodes", () => {
    expect(brief(refused({ op: "pool.update", id: PAYMENTS, patch: { id: NEW, nodes: [] } }))).toEqual([
      "invalid-input",
      [["id"], ["nodes"]],
      "cannot be changed by a patch; cannot be changed by a patch",
    ]);
    expect(refused({ op: "node.update", id: SG_1, patch: { poolId: SEARCH } }).faults[0]?.path).toEqual(["poolId"]);
  });
  test.each<ConfigOperation>([
    { op: "pool.update", id: NEW, patch: {} },
    { op: "pool.delete", id: NEW },
    { op: "node.update", id: NEW, patch: {} },
    { op: "node.delete", id: NEW },
    { op: "route.update", id: NEW, patch: {} },
    { op: "route.delete", id: NEW },
  ])("$op of an unknown id is not found", (operation) => {
    expect(brief(refused(operation)).slice(0, 2)).toEqual(["not-found", [["id"]]]);
  });
});

describe("pools and routes", () => {
  test("a pool that routes use cannot be deleted; the routes are named", () => {
    expect(brief(refused({ op: "pool.delete", id: SEARCH }))).toEqual([
      "pool-in-use",
      [[]],
      "is used by the route api.example.org/v1",
    ]);
  });
  test("a pool goes together with its routes in one change set, in either order", () => {
    const noPool = { op: "pool.delete", id: SEARCH } as const;
    const noRoute = { op: "route.delete", id: ROUTE_V1 } as const;
    for (const operations of [
      [noPool, noRoute],
      [noRoute, noPool],
    ]) {
      const next = applied(...operations);
      expect([next.pools.map((p) => p.id), next.routes.map((r) => r.id)]).toEqual([[PAYMENTS], [ROUTE_ADMIN]]);
    }
  });
  test("a route to an unknown pool is refused, created, changed, or after the pool was deleted", () => {
    const expected = ["invalid-input", [["poolId"]], "no pool has this id"];
    const lost = { op: "route.create", id: NEW, route: route({ match: { host: "z.org" }, poolId: SEARCH }) } as const;
    expect(brief(refused({ op: "route.update", id: ROUTE_V1, patch: { poolId: NEW } }))).toEqual(expected);
    const last = refused({ op: "route.delete", id: ROUTE_V1 }, { op: "pool.delete", id: SEARCH }, lost);
    expect([...brief(last), last.operation]).toEqual([...expected, 2]);
  });
  test("routes that tie are refused, naming the other", () => {
    const match = { host: "API.example.org", pathPrefix: "/v1" };
    const created = refused({ op: "route.create", id: NEW, route: route({ match }) });
    expect(brief(created).slice(0, 2)).toEqual(["route-tie", [["match"]]]);
    expect(created.faults[0]?.message).toContain("api.example.org/v1");
    const changed = refused({
      op: "route.update",
      id: ROUTE_V1,
      patch: { match: { pathPrefix: "/admin", method: "GET" } },
    });
    expect([changed.code, changed.faults[0]?.message]).toEqual(["route-tie", expect.stringContaining("route admin")]);
  });
  test("a second default pool is a conflict that names the first", () => {
    expect(brief(refused({ op: "pool.update", id: SEARCH, patch: { isDefault: true } }))).toEqual([
      "conflict",
      [["isDefault"]],
      "payments is already the default pool",
    ]);
    applied(
      { op: "pool.update", id: SEARCH, patch: { isDefault: true } },
      { op: "pool.update", id: PAYMENTS, patch: { isDefault: false } },
    );
  });
});

describe("the proxy's own settings", () => {
  test("merge by groups, are checked whole, and the same settings are no change", () => {
    const patched = applied({ op: "proxy.update", patch: { clientLimits: { headMs: 5_000 } } });
    expect(patched).toEqual({
      ...document,
      proxy: { ...document.proxy, clientLimits: { ...document.proxy.clientLimits, headMs: 5_000 } },
    });
    expect(refused({ op: "proxy.update", patch: { clientLimits: { headMs: 1, idelMs: 2 }, x: 1 } })).toMatchObject({
      code: "invalid-input",
      faults: [{ path: ["clientLimits", "headMs"] }, { path: ["clientLimits", "idelMs"] }, { path: ["x"] }],
    });
    expect(applied({ op: "proxy.update", patch: { clientLimits: { headMs: 10_000 } } })).toBe(document);
  });
});

describe("deleting and replacing", () => {
  test("a node leaves its pool, the others keep their order", () => {
    expect(applied({ op: "node.delete", id: SG_1 }).pools[0]?.nodes.map((n) => n.id)).toEqual([SG_2]);
    expect(applied({ op: "node.delete", id: EU_1 }).pools[1]?.nodes).toEqual([]);
  });
  test("roll-back puts another valid document in place; an invalid one is refused with its faults", () => {
    const target = EMPTY_CONFIG;
    expect(applied({ op: "document.replace", document: target })).toEqual(target);
    const broken = { ...sample(), pools: [] };
    expect(refused({ op: "document.replace", document: broken })).toMatchObject({
      code: "invalid-input",
      faults: [{ path: ["routes", 0, "poolId"] }, { path: ["routes", 1, "poolId"] }],
    });
  });
  test("ten thousand nodes are created by one change set in seconds, not minutes", { timeout: 30_000 }, () => {
    const many = Array.from({ length: 10_000 }, (_, k) => ({
      op: "node.create" as const,
      id: id(1_000 + k),
      poolId: PAYMENTS,
      node: { ...node(), name: `n${k}` },
    }));
    const result = applyOperations(document, many);
    expect(result.ok && result.document.pools[0]?.nodes.length).toBe(10_002);
  });
});
