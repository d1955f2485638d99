import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigRoute, RouteInput } from "#lib/contracts/config.ts";
import { faultsOf } from "#lib/core/faults.ts";
import { compileEdits, mergeEdits } from "#lib/core/routing/header-edit.ts";
import { compileRedirect, redirectLocation } from "#lib/core/routing/redirect.ts";
import { compileRewrite, rewritePath } from "#lib/core/routing/rewrite.ts";

const POOL = "00000000-0000-4000-8000-0000000000aa";
const faults = (input: object) => {
  const result = RouteInput.safeParse({ match: {}, ...input });
  return result.success ? [] : faultsOf(result.error).map(({ path, message }) => `${path.join(".")} ${message}`);
};

describe("a route", () => {
  test("of a revision stored before there was more leads to its pool and does nothing else", () => {
    const old = { id: POOL, name: "", match: { host: "a.org" }, poolId: POOL };
    expect(ConfigRoute.parse(old)).toEqual({
      ...old,
      action: null,
      pathRewrite: null,
      requestHeaders: { set: {}, remove: [] },
      responseHeaders: { set: {}, remove: [] },
      maxBodyBytes: 0,
      rateLimit: null,
      requestClass: "",
      hedge: "safe",
      recording: { enabled: null, sampleRatio: null, slowMs: null, logRatio: null },
    });
  });
  test("leads to a pool or answers by itself: one of them, and not both", () => {
    expect(RouteInput.parse({ match: {}, poolId: POOL })).toMatchObject({ poolId: POOL, action: null });
    expect(faults({})).toEqual(["poolId is required, unless the route answers by itself (action)"]);
    const action = { kind: "redirect", location: "/new" };
    expect(faults({ action })).toEqual([]);
    expect(faults({ action, poolId: POOL })).toEqual(["action must be null for a route that leads to a pool (poolId)"]);
    expect(faults({ action, pathRewrite: "/x" })).toEqual(["pathRewrite is for routes that lead to a pool"]);
  });
  test.each([
    "connection",
    "Content-Length",
    "transfer-encoding",
    "Host",
    "x-forwarded-for",
    "X-Forwarded-Anything",
    "via",
    "x-request-id",
    "te",
    "expect",
    "forwarded",
    "upgrade",
  ])("may neither set nor remove %s in requests", (name) => {
    const message = "is the proxy's own and cannot be edited";
    expect(faults({ poolId: POOL, requestHeaders: { set: { [name]: "1" }, remove: [name] } })).toEqual([
      `requestHeaders.set.${name} ${message}`,
      `requestHeaders.remove.0 ${message}`,
    ]);
  });
  test("may not write a header's value that ends the line", () => {
    expect(faults({ poolId: POOL, requestHeaders: { set: { a: "b\r\nc: d" } } })).toEqual([
      "requestHeaders.set.a is not a header value",
    ]);
  });
  test.each([
    ["//evil.example", true],
    ["/\\evil.example", true],
    ["https://{path}", true],
    ["https://{query}", true],
    ["https://example.org{rest}", true],
    ["https://user@example.org/", true],
    ["https://{host}.evil.example/", true],
    ["{path}", true],
    ["javascript:alert(1)", true],
    ["/a b", true],
    ["/a\r\nset-cookie: x", true],
    ["/{other}", true],
    ["https://example.org", false],
    ["https://example.org:8443{path}{query}", false],
    ["https://example.org/v2/{rest}{query}", false],
    ["http://[::1]:80/", false],
    ["/new/{rest}", false],
    ["/", false],
  ])("redirects to %s: refused %s", (location, isRefused) => {
    expect(faults({ action: { kind: "redirect", location } }).length > 0).toBe(isRefused);
  });
  test("fills in the requested host only when it matches one", () => {
    const action = { kind: "redirect", location: "https://{host}{path}{query}" };
    expect(faults({ action })).toEqual(["action.location may hold {host} only if the route matches a host"]);
    expect(faults({ action, match: { host: "*.example.org" } })).toEqual([]);
  });
  test("answers with a body of 65,536 bytes at most, and none with a status that has none", () => {
    const respond = (status: number, body: string) => faults({ action: { kind: "respond", status, body } });
    expect(respond(503, "x".repeat(65_536))).toEqual([]);
    expect(respond(503, `${"x".repeat(65_535)}\u00e9`)).toEqual(["action.body must have at most 65536 bytes"]);
    expect(respond(204, "")).toEqual([]);
    expect(respond(204, "x")).toEqual(["action.body must be empty: answers with this status have no body"]);
  });
});

describe("rewriting a path", () => {
  test.each([
    ["/api", "/v2", "/api/x", "/v2/x"],
    ["/api", "/v2", "/api", "/v2"],
    ["/api", "/v2/", "/api", "/v2/"],
    ["/api", "/v2/", "/api/x", "/v2/x"],
    ["/api/", "/v2", "/api/x", "/v2/x"],
    ["/api", "/", "/api/x/", "/x/"],
    ["/api", "/", "/api", "/"],
    ["/api", "/", "/api/", "/"],
    ["/", "/base", "/x", "/base/x"],
    ["/", "/base", "/", "/base/"],
    ["/", "/", "/x", "/x"],
    ["/api", "/", "/api//evil.example", "/evil.example"],
    ["/api", "/v2", "/api//x", "/v2//x"],
    ["/", "/base", "*", "*"],
    ["/api", "/v2", "/api/a%2Fb", "/v2/a%2Fb"],
  ])("%s by %s makes %s %s", (prefix, replacement, path, rewritten) => {
    expect(rewritePath(compileRewrite(prefix, replacement), path)).toBe(rewritten);
  });
  test("never makes a dot segment, nor a path that begins with two slashes where it takes a prefix away", () => {
    const segment = fc.constantFrom("a", "..a", "a..", "", ".hidden", "%2f", "...");
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), fc.constantFrom("/", "/v2", "/v2/"), (segments, replacement) => {
        const path = ["/api", ...segments].join("/");
        const rewritten = rewritePath(compileRewrite("/api", replacement), path);
        expect(rewritten).toMatch(/^\//);
        expect(rewritten.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part))).toBe(false);
        expect(rewritten.startsWith("//")).toBe(false);
      }),
    );
  });
});

describe("a redirect", () => {
  const to = (location: string, path: string, query = "", prefix = "/old") =>
    redirectLocation(compileRedirect(location, prefix), { host: "a.example.org", path, query });
  test.each([
    ["https://example.org{path}{query}", "/old/x", "?a=1", "https://example.org/old/x?a=1"],
    ["https://example.org/new/{rest}{query}", "/old/x/y", "?a=1", "https://example.org/new/x/y?a=1"],
    ["https://{host}{path}", "/old", "", "https://a.example.org/old"],
    ["/new?from=old{query}", "/old", "?a=1", "/new?from=old&a=1"],
    ["/new?from=old{query}", "/old", "", "/new?from=old"],
    ["/{rest}", "/old//evil.example", "", "/evil.example"],
    ["/new{path}", "*", "", "/new/"],
  ])("to %s of %s%s leads to %s", (location, path, query, expected) => {
    expect(to(location, path, query)).toBe(expected);
  });
  test("on this host leads to no other, whatever the client asks for", () => {
    const char = fc.constantFrom("/", "\\", "e", ".", "@", ":", "?", "%");
    fc.assert(
      fc.property(
        fc.array(char),
        fc.array(char),
        fc.constantFrom("/{rest}", "/new{path}", "/{query}"),
        (p, q, location) => {
          const path = `/old/${p.filter((c) => c !== "?").join("")}`;
          const query = q.length > 0 ? `?${q.join("")}` : "";
          const url = new URL(to(location, path, query), "http://here.example");
          expect(url.host).toBe("here.example");
        },
      ),
    );
  });
  test("to another host leads to that one, whatever the client asks for", () => {
    const char = fc.constantFrom("/", "e", ".", "@", ":", "%");
    const templates = fc.constantFrom(
      "https://x.example{path}",
      "https://x.example/{rest}",
      "https://x.example?{query}",
    );
    fc.assert(
      fc.property(fc.array(char), fc.array(char), templates, (p, q, location) => {
        const url = new URL(to(location, `/old${p.join("")}`, q.length > 0 ? `?${q.join("")}` : ""));
        expect(url.host).toBe("x.example");
      }),
    );
  });
  test("never ends its line, even were the path to hold what the parser refuses", () => {
    expect(to("/new{path}", "/a\r\nset-cookie: x")).toBe("/new/a%0D%0Aset-cookie:%20x");
  });
});

describe("edits of headers", () => {
  test("that do nothing are none", () => expect(compileEdits({ set: {}, remove: [] })).toBeNull());
  test("drop what they set, so that one value is left", () => {
    expect(compileEdits({ set: { "x-a": "1" }, remove: ["cookie", "x-a"] })).toEqual({
      dropped: ["cookie", "x-a"],
      set: [["x-a", "1"]],
      text: "x-a: 1\r\n",
    });
  });
  test("of the node have the last word over those of the route", () => {
    const route = compileEdits({ set: { "x-a": "route", "x-b": "route" }, remove: ["x-c"] });
    const node = compileEdits({ set: { "x-a": "node", "x-c": "node" }, remove: ["x-b"] });
    expect(mergeEdits(route, node)).toEqual({
      dropped: expect.arrayContaining(["x-a", "x-b", "x-c"]),
      set: [
        ["x-a", "node"],
        ["x-c", "node"],
      ],
      text: "x-a: node\r\nx-c: node\r\n",
    });
    expect([mergeEdits(route, null), mergeEdits(null, node)]).toEqual([route, node]);
  });
});
