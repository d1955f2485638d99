import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigDocument, type ConfigRoute } from "#lib/contracts/config.ts";
import { compileRoutes } from "#lib/core/routing/compile.ts";
import { matchRoute, type RouteRequest } from "#lib/core/routing/match.ts";
import { conditionCount, prefixCovers, type RouteMatch, tiesOf } from "#lib/core/routing/specificity.ts";

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const POOL = id(1);
const DEFAULT_POOL = id(2);

function documentOf(matches: RouteMatch[], withDefault = false): ConfigDocument {
  const pool = (poolId: string, isDefault: boolean) => ({
    id: poolId,
    name: poolId,
    algorithm: "weighted-round-robin",
    isDefault,
    nodes: [],
  });
  return ConfigDocument.parse({
    pools: [pool(POOL, false), pool(DEFAULT_POOL, withDefault)],
    routes: matches.map((match, at) => ({ id: id(100 + at), match, poolId: POOL })),
  });
}
const request = (over: Partial<RouteRequest> & { headers?: Record<string, string> } = {}): RouteRequest => ({
  host: "a.org",
  path: "/",
  method: "GET",
  header: (name) => over.headers?.[name],
  ...over,
});
/** Index of the route that takes the request. */
function winner(matches: RouteMatch[], over: Parameters<typeof request>[0]): number | null {
  const target = matchRoute(compileRoutes(documentOf(matches)), request(over));
  return target ? Number(target.routeId?.slice(-12)) - 100 : null;
}

describe("hosts", () => {
  const matches = [{}, { host: "*.org" }, { host: "*.a.org" }, { host: "x.a.org" }];
  test.each([
    ["x.a.org", 3],
    ["X.A.ORG", 3],
    ["x.a.org.", 3],
    ["y.a.org", 2],
    ["z.y.a.org", 2],
    ["a.org", 1],
    ["xa.org", 1],
    ["org", 0],
    [".org", 0],
    ["a.net", 0],
    ["", 0],
  ])("%s goes to the most specific host", (host, expected) => expect(winner(matches, { host })).toBe(expected));
  test("a host none of whose paths match leaves the request to the wildcard, then to routes of any host", () => {
    const some = [{}, { host: "*.org", pathPrefix: "/w" }, { host: "a.org", pathPrefix: "/e" }];
    expect(winner(some, { host: "a.org", path: "/e" })).toBe(2);
    expect(winner(some, { host: "a.org", path: "/w" })).toBe(1);
    expect(winner(some, { host: "a.org", path: "/n" })).toBe(0);
  });
  test("an address in brackets is a host like any other", () => {
    expect(winner([{ host: "[::1]" }], { host: "[::1]" })).toBe(0);
  });
  test("an exact host with a short prefix beats a wildcard with a long one", () => {
    expect(winner([{ host: "*.org", pathPrefix: "/a/b" }, { host: "a.org" }], { path: "/a/b" })).toBe(1);
  });
});

describe("paths", () => {
  test.each([
    ["/api", "/api", true],
    ["/api", "/api/", true],
    ["/api", "/api/x", true],
    ["/api", "/apix", false],
    ["/api", "/API", false],
    ["/api", "/ap", false],
    ["/api/", "/api", false],
    ["/api/", "/api/", true],
    ["/api/", "/api/x/y", true],
    ["/api/", "/apix/", false],
    ["/", "/anything", true],
    ["/", "*", true],
    ["/a//b", "/a//b/c", true],
    ["/a//b", "/a/b/c", false],
    ["/a%2fb", "/a%2Fb", false],
  ])("prefix %s and path %s: %s", (pathPrefix, path, matches) => {
    expect(winner([{ pathPrefix }], { path })).toBe(matches ? 0 : null);
  });
  test("the longest prefix wins, whatever the order of the routes", () => {
    const matches = [{ pathPrefix: "/a/b/c" }, { pathPrefix: "/" }, { pathPrefix: "/a/b" }, { pathPrefix: "/a/" }];
    expect(["/a/b/c/d", "/a/b/cd", "/a/x", "/a", "/b"].map((path) => winner(matches, { path }))).toEqual([
      0, 2, 3, 1, 1,
    ]);
  });
});

describe("conditions", () => {
  const matches = [
    {},
    { method: "POST" },
    { method: "POST", headers: { "X-Canary": "yes" } },
    { pathPrefix: "/v1", method: "PUT" },
  ];
  test("most conditions win; a route whose condition fails leaves the request to the next", () => {
    expect(winner(matches, { method: "POST", headers: { "x-canary": "yes" } })).toBe(2);
    expect(winner(matches, { method: "POST", headers: { "x-canary": "YES" } })).toBe(1);
    expect(winner(matches, { method: "GET", headers: { "x-canary": "yes" } })).toBe(0);
    expect(winner(matches, { method: "POST", path: "/v1/x" })).toBe(1);
    expect(winner(matches, { method: "PUT", path: "/v1/x" })).toBe(3);
  });
});

describe("default pool", () => {
  test("takes what no route matches, under no route's id", () => {
    const table = compileRoutes(documentOf([{ host: "b.org" }], true));
    expect(matchRoute(table, request())).toEqual({ poolId: DEFAULT_POOL, routeId: null });
    expect(matchRoute(table, request({ host: "b.org" }))).toEqual({ poolId: POOL, routeId: id(100) });
  });
  test("without one the request has no route", () => {
    expect(matchRoute(compileRoutes(documentOf([])), request())).toBeNull();
  });
});

// The rules as plainly as they can be said: filter, then compare.
function reference(routes: ConfigRoute[], r: RouteRequest): ConfigRoute | undefined {
  const host = r.host.toLowerCase().replace(/\.$/, "");
  const hostRank = ({ match }: ConfigRoute) =>
    !match.host ? 0 : match.host.startsWith("*.") ? match.host.length : 10_000;
  const hostFits = (wanted: string | undefined) =>
    !wanted ||
    wanted === host ||
    (wanted.startsWith("*.") && host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1);
  return routes
    .filter(({ match }) => hostFits(match.host) && prefixCovers(match.pathPrefix ?? "/", r.path))
    .filter(({ match }) => (match.method ?? r.method) === r.method)
    .filter(({ match }) => Object.entries(match.headers ?? {}).every(([name, value]) => r.header(name) === value))
    .toSorted(
      (a, b) =>
        hostRank(b) - hostRank(a) ||
        (b.match.pathPrefix ?? "/").length - (a.match.pathPrefix ?? "/").length ||
        conditionCount(b.match) - conditionCount(a.match),
    )[0];
}

describe("against a plain reference", () => {
  const label = fc.constantFrom("a", "b", "aa");
  const hostName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
  const segment = fc.constantFrom("", "a", "b", "ab", "%41");
  const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
  const method = fc.constantFrom("GET", "POST");
  const headers = fc.dictionary(fc.constantFrom("x", "y"), fc.constantFrom("1", "2"), { noNullPrototype: true });
  const match: fc.Arbitrary<RouteMatch> = fc.record(
    {
      host: fc.oneof(
        hostName,
        hostName.map((h) => `*.${h}`),
      ),
      pathPrefix: path,
      method,
      headers,
    },
    { requiredKeys: [] },
  );
  test("the same route wins for every request, once ties are refused", () => {
    fc.assert(
      fc.property(fc.array(match, { maxLength: 12 }), hostName, path, method, headers, (matches, host, p, m, h) => {
        const untied: RouteMatch[] = [];
        for (const one of matches) if (tiesOf(documentOf([...untied, one]).routes).length === 0) untied.push(one);
        const document = documentOf(untied);
        const asked = request({ host, path: p, method: m, headers: h });
        const expected = reference(document.routes, asked);
        expect(matchRoute(compileRoutes(document), asked)?.routeId).toBe(expected?.id);
      }),
      { numRuns: 3_000 },
    );
  });
  test("thousands of routes are told apart", () => {
    const matches = Array.from({ length: 5_000 }, (_, k) => ({
      host: `${k % 3 ? "*." : ""}h${k % 97}.org`,
      pathPrefix: `/p${k}/x`,
    }));
    const table = compileRoutes(documentOf(matches));
    for (const [k, { host, pathPrefix }] of matches.entries())
      expect(matchRoute(table, request({ host: host.replace("*", "any"), path: `${pathPrefix}/rest` }))?.routeId).toBe(
        id(100 + k),
      );
  });
});
