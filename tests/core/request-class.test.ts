import { describe, expect, test } from "vitest";
import { PoolInput, RequestClass, RouteInput } from "#lib/contracts/config.ts";
import { applyOperations } from "#lib/core/config/apply.ts";
import { validateDocument } from "#lib/core/config/validate.ts";
import { compileClasses } from "#lib/core/request-class.ts";
import { PAYMENTS, ROUTE_ADMIN, ROUTE_V1, SEARCH, sample } from "./config/sample.ts";

const classOf = (more: object) => RequestClass.parse({ name: "x", ...more });
const pool = (classes: object[]) => PoolInput.safeParse({ name: "p", algorithm: "least-connections", classes });

describe("the class of a request", () => {
  const find = compileClasses([
    classOf({ header: { name: "X-Priority", values: ["high", "urgent"] } }),
    classOf({ pathPrefixes: ["/pay", "/v1/orders"] }),
    classOf({ header: { name: "x-priority", values: ["low", "high"] }, pathPrefixes: ["/"] }),
  ]);
  const of = (path: string, headers: Record<string, string> = {}) => find({ path, header: (name) => headers[name] });

  test.each([
    ["/pay", { "x-priority": "urgent" }, 0],
    ["/pay", { "x-priority": "Urgent" }, 1],
    ["/v1/orders/7", {}, 1],
    ["/v1/ordersx", {}, 2],
    ["/payments", { "x-priority": "low" }, 2],
  ])("%s with %o is that of the highest that it fits", (path, headers, at) => {
    expect(of(path, headers)).toBe(at);
  });

  test("is none where it fits none, or where a class is a route's to give", () => {
    const only = compileClasses([classOf({}), classOf({ header: { name: "a", values: [""] } })]);
    expect(only({ path: "/", header: () => undefined })).toBe(2);
    expect(only({ path: "/", header: () => "" })).toBe(1);
  });
});

const reserving = (reservedRatio: number, at: number) => ({ name: `c${at}`, reservedRatio });

describe("classes of a pool", () => {
  test("have defaults, and a pool has none unless told", () => {
    expect(pool([]).data?.classes).toEqual([]);
    expect(pool([{ name: "gold" }]).data?.classes).toEqual([
      { name: "gold", header: null, pathPrefixes: [], maxQueue: 1_000, queueMs: 5_000, reservedRatio: 0 },
    ]);
  });

  test("may reserve nine tenths of a node's slots together", () => {
    expect(pool([0.5, 0.4].map(reserving)).success).toBe(true);
  });

  test.each([
    ["two of one name, whatever its case", [{ name: "gold" }, { name: "Gold" }], [1, "name"]],
    ["the name of the requests of no class", [{ name: "Default" }], [0, "name"]],
    ["more reserved than leaves the lowest anything", [0.5, 0.41].map(reserving), [1, "reservedRatio"]],
    ["more than eight", Array.from({ length: 9 }, (_, i) => ({ name: `c${i}` })), []],
    ["a header without values", [{ name: "a", header: { name: "x", values: [] } }], [0, "header", "values"]],
  ])("are refused with %s", (_what, classes, path) => {
    expect(pool(classes).error?.issues[0]?.path).toEqual(["classes", ...path]);
  });
});

describe("a route's class", () => {
  const withClass = () => {
    const document = sample();
    const search = document.pools.find(({ id }) => id === SEARCH);
    const route = document.routes.find(({ id }) => id === ROUTE_V1);
    if (search) search.classes = [classOf({ name: "gold" })];
    if (route) route.requestClass = "gold";
    return document;
  };

  test("must be one of its pool's", () => {
    expect(validateDocument(withClass()).ok).toBe(true);
    const wrong = withClass();
    for (const route of wrong.routes) route.requestClass = "gold";
    expect(validateDocument(wrong)).toMatchObject({
      ok: false,
      code: "invalid-input",
      faults: [{ path: ["routes", 1, "requestClass"], message: "the pool payments has no class gold" }],
    });
    const refused = applyOperations(sample(), [
      { op: "route.update", id: ROUTE_ADMIN, patch: { requestClass: "gold" } },
    ]);
    expect(refused).toMatchObject({ ok: false, faults: [{ path: ["requestClass"], code: "unknown-class" }] });
  });

  test("cannot be taken from its pool, nor the route led elsewhere with it", () => {
    const document = withClass();
    expect(applyOperations(document, [{ op: "pool.update", id: SEARCH, patch: { classes: [] } }])).toMatchObject({
      ok: false,
      code: "invalid-input",
      faults: [{ path: ["classes"], message: "the route api.example.org/v1 needs the class gold" }],
    });
    expect(
      applyOperations(document, [{ op: "route.update", id: ROUTE_V1, patch: { poolId: PAYMENTS } }]),
    ).toMatchObject({ ok: false, faults: [{ path: ["requestClass"] }] });
    expect(
      applyOperations(document, [
        { op: "pool.update", id: SEARCH, patch: { classes: [] } },
        { op: "route.update", id: ROUTE_V1, patch: { requestClass: "" } },
      ]).ok,
    ).toBe(true);
  });

  test("is for routes that lead to a pool", () => {
    const action = { kind: "respond" };
    expect(RouteInput.safeParse({ match: {}, action, requestClass: "gold" }).error?.issues[0]?.path).toEqual([
      "requestClass",
    ]);
  });
});
