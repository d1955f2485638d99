import { describe, expect, test } from "vitest";
import { routeName, routeTie, tiesOf } from "#lib/core/routing/specificity.ts";

describe("ties", () => {
  test.each([
    ["no conditions at all", {}, {}, true],
    ["no prefix and /", {}, { pathPrefix: "/" }, true],
    ["the same host in another case", { host: "a.org" }, { host: "A.org" }, true],
    ["the same headers", { headers: { x: "1" } }, { headers: { x: "1" } }, true],
    ["one condition each that one request may meet both", { method: "GET" }, { headers: { x: "1" } }, true],
    ["different methods", { method: "GET" }, { method: "POST" }, false],
    ["different values of a header", { headers: { x: "1" } }, { headers: { x: "2" } }, false],
    ["more conditions on one side", { method: "GET" }, { method: "GET", headers: { x: "1" } }, false],
    ["/api and /api/", { pathPrefix: "/api" }, { pathPrefix: "/api/" }, false],
    ["exact host and wildcard", { host: "a.org" }, { host: "*.a.org" }, false],
  ])("%s", (_, a, b, tie) => {
    expect([routeTie(a, b), routeTie(b, a)]).toEqual([tie, tie]);
  });
  test("every tying pair is found, the earlier route first", () => {
    const route = (n: number, match: object) => ({
      id: `00000000-0000-4000-8000-00000000000${n}`,
      name: String(n),
      match,
      poolId: "00000000-0000-4000-8000-0000000000ff",
    });
    const routes = [
      route(1, { pathPrefix: "/a" }),
      route(2, { host: "b" }),
      route(3, { pathPrefix: "/a" }),
      route(4, { host: "b" }),
    ];
    expect(tiesOf(routes).map(([a, b]) => [a.name, b.name])).toEqual([
      ["1", "3"],
      ["2", "4"],
    ]);
  });
});

describe("names for people", () => {
  test.each([
    [{ name: "checkout", match: { host: "a.org" } }, "checkout"],
    [{ name: "", match: { host: "a.org", pathPrefix: "/v1", method: "GET" } }, "GET a.org/v1"],
    [{ name: "", match: { pathPrefix: "/v1", headers: { "x-canary": "1" } } }, "*/v1 x-canary=1"],
    [{ name: "", match: { host: "a.org" } }, "a.org"],
    [{ name: "", match: {} }, "*/"],
  ])("%j is called %s", (route, name) => expect(routeName(route)).toBe(name));
});
