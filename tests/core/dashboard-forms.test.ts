import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { unitOf } from "#components/forms/duration-input.tsx";
import { nameOfUrl, newPoolInput, newPoolPath, repeatedNames } from "#components/pools/pool-values.ts";
import { SETTING_GROUPS, TAB_GROUPS } from "#components/pools/setting-groups.ts";
import { settingPath, toPoolInput, toValues, unreadable } from "#components/pools/setting-values.ts";
import { parseStatuses, statusesText } from "#components/pools/statuses.ts";
import { isDrawn } from "#components/pools/stickiness-values.ts";
import { headerFaults, newRoute, type RouteValues, routeInput, routePath } from "#components/routes/route-values.ts";
import { changedFields, changedPaths, fieldErrors, fieldFaults } from "#lib/client/forms.ts";
import { newestRevision, rememberOwnRevision } from "#lib/client/head-revision.ts";
import { valueAt } from "#lib/client/value-at.ts";
import { PoolCreate, PoolInput, RouteInput, Stickiness } from "#lib/contracts/config.ts";
import { applyPatch } from "#lib/core/config/patch.ts";

const POOL = PoolInput.parse({ name: "orders", algorithm: "least-connections" });

describe("what a form sends", () => {
  it("is only what was changed, down to the settings of a group", () => {
    const after = {
      ...POOL,
      name: "orders-2",
      breaker: { ...POOL.breaker, openMs: 9_000 },
      healthCheck: { ...POOL.healthCheck, http: { ...POOL.healthCheck.http, path: "/live" } },
    };
    const patch = changedFields(POOL, after);
    expect(patch).toEqual({
      name: "orders-2",
      breaker: { openMs: 9_000 },
      healthCheck: { http: { path: "/live" } },
    });
    expect(changedPaths(patch)).toEqual(["name", "healthCheck.http.path", "breaker.openMs"]);
  });

  it("makes of the entity exactly what the form showed", () => {
    const after = { ...POOL, hashKey: { from: "header" as const, name: "x-user" }, maxQueue: 5 };
    expect(applyPatch(PoolInput, POOL, changedFields(POOL, after))).toEqual({ ok: true, value: after });
  });

  it("keeps request classes as they were typed, whatever their values hold", () => {
    const classes = [
      {
        name: "gold",
        header: { name: "x-a", values: ["a, b", "c"] },
        pathPrefixes: [],
        maxQueue: 1,
        queueMs: 2,
        reservedRatio: 0.2,
      },
      { name: "silver", header: null, pathPrefixes: ["/a", "/b/c"], maxQueue: 1_000, queueMs: 5_000, reservedRatio: 0 },
    ];
    expect(toPoolInput(toValues({ ...POOL, classes })).classes).toEqual(classes);
  });

  it("is nothing when everything is as it was", () => {
    expect(changedFields(POOL, toPoolInput(toValues(POOL)))).toEqual({});
  });

  it("is based on the newest revision this page knows, its own publishes included", () => {
    const client = new QueryClient();
    expect(newestRevision(client)).toBeUndefined();
    client.setQueryData(["health"], { status: "ok", revision: 41, workers: [] });
    rememberOwnRevision(client, 42);
    rememberOwnRevision(client, 40);
    expect(newestRevision(client)).toBe(42);
  });
});

describe("faults", () => {
  const told = (fault: { code: string; bound?: number }) => `${fault.code} ${fault.bound ?? ""}`.trim();

  it("stand at their field, with the limit that was passed", () => {
    const faults = fieldFaults(PoolInput, { ...POOL, name: "", breaker: { ...POOL.breaker, openMs: 1 } });
    expect(fieldErrors(faults, told)).toEqual({ name: expect.any(String), "breaker.openMs": "too_small 100" });
  });

  it("of a new pool's nodes stand at their row, also when rows before it are empty", () => {
    const empty = { url: "", name: "", weight: 1 };
    const values = {
      name: "p",
      algorithm: "least-connections" as const,
      hashKey: { from: "path" as const, name: "" },
      isDefault: false,
      nodes: [empty, { url: "ftp://x", name: "", weight: 1 }],
    };
    const errors = fieldErrors(fieldFaults(PoolCreate, newPoolInput(values)), told, (path) =>
      newPoolPath(path, values),
    );
    expect(Object.keys(errors)).toEqual(["nodes.1.url"]);
  });

  it("tell the second of two nodes of one name, given or made from the URL", () => {
    const row = (url: string, name = "") => ({ url, name, weight: 1 });
    const values = {
      name: "p",
      algorithm: "least-connections" as const,
      hashKey: { from: "path" as const, name: "" },
      isDefault: false,
      nodes: [row("http://10.0.0.7:80"), row("http://10.0.0.8", "10.0.0.7")],
    };
    expect(repeatedNames(values).map(({ path }) => path)).toEqual([["nodes", 1, "name"]]);
  });

  it("of a request class stand at the field that it was typed into", () => {
    const typed = { headerValues: "x", pathPrefixes: "a\n/b\nc", maxQueue: -1, queueMs: 1, reservedRatio: 0 };
    const row = { name: "", headerName: "", ...typed };
    const other = { ...row, name: "b", headerName: "x-b", headerValues: "", pathPrefixes: "", maxQueue: 1 };
    const values = { ...toValues(POOL), classes: [row, other, { ...other, headerValues: "\u0001" }] };
    const errors = fieldErrors(fieldFaults(PoolInput, toPoolInput(values)), told, settingPath);
    expect(Object.keys(errors).toSorted()).toEqual([
      "classes.0.headerName",
      "classes.0.maxQueue",
      "classes.0.name",
      "classes.0.pathPrefixes",
      "classes.1.headerValues",
      "classes.2.headerValues",
    ]);
  });

  it("of a route's headers stand at the row of that header", () => {
    const values = {
      ...newRoute(["5704148e-69be-4e96-bc7e-aecc78aca7dc"]),
      pathPrefix: "/a",
      headers: [
        { name: "X-One", value: "1" },
        { name: "X-Two", value: "\u0007" },
        { name: "x-one", value: "2" },
      ],
    };
    expect(headerFaults(values)).toEqual([{ path: ["headers", 2, "name"], code: "repeated-header", message: "" }]);
    const errors = fieldErrors(fieldFaults(RouteInput, routeInput(values)), told, (path) => routePath(path, values));
    expect(Object.keys(errors)).toEqual(["headers.1.value"]);
  });

  it("of edits and of a route's own answer stand at the fields that they are about", () => {
    const at = (more: Partial<RouteValues>) => {
      const values = { ...newRoute(["5704148e-69be-4e96-bc7e-aecc78aca7dc"]), ...more };
      return Object.keys(
        fieldErrors(fieldFaults(RouteInput, routeInput(values)), told, (path) => routePath(path, values)),
      );
    };
    const edits = {
      set: [
        { name: "a", value: "1" },
        { name: "Host", value: "x" },
      ],
      remove: ["via"],
    };
    expect(at({ requestHeaders: edits })).toEqual(["requestHeaders.set.1.value", "requestHeaders.remove"]);
    expect(at({ kind: "redirect" })).toEqual(["redirect.location"]);
    expect(at({ kind: "redirect", redirect: { status: "301", location: "https://{host}/" } })).toEqual([
      "redirect.location",
    ]);
    const respond = { status: 99, contentType: "html", headers: [{ name: "Content-Type", value: "a" }], body: "" };
    expect(at({ kind: "respond", respond })).toEqual([
      "respond.status",
      "respond.contentType",
      "respond.headers.0.value",
    ]);
    const rateLimit = { requests: 0, windowMs: 1_500, burst: "", keyFrom: "header" as const, keyName: "" };
    expect(at({ isLimited: true, rateLimit })).toEqual([
      "rateLimit.requests",
      "rateLimit.windowMs",
      "rateLimit.burst",
      "rateLimit.keyName",
    ]);
    expect(at({ kind: "pool", poolId: "", isLimited: true })).toEqual(["poolId"]);
  });

  it("leave nothing of what was not chosen in a route's input", () => {
    const edited = { set: [{ name: "a", value: "1" }], remove: [] };
    const values = {
      ...newRoute([]),
      kind: "redirect" as const,
      requestHeaders: edited,
      pathRewrite: "/x",
      maxBodyBytes: 9,
    };
    expect(routeInput({ ...values, redirect: { status: "308", location: "/new" } })).toMatchObject({
      poolId: null,
      action: { kind: "redirect", status: 308, location: "/new" },
      pathRewrite: null,
      requestHeaders: { set: {}, remove: [] },
      maxBodyBytes: 0,
      rateLimit: null,
    });
  });
});

describe("values as people write them", () => {
  it.each([
    [1_500_000, "min"],
    [5_000, "s"],
    [1_500, "s"],
    [1_234, "ms"],
    [10, "ms"],
    [3_600_000, "h"],
    [5_400_000, "h"],
    [0, "s"],
  ])("shows %i ms in %s", (ms, unit) => {
    expect(unitOf(ms)).toBe(unit);
  });

  it("reads statuses and ranges back as it writes them", () => {
    const ranges = [
      { from: 100, to: 499 },
      { from: 503, to: 503 },
    ];
    expect(statusesText(ranges)).toBe("100-499, 503");
    expect(parseStatuses("100 – 499, 503,")).toEqual(ranges);
    expect(parseStatuses("2xx")).toBeNull();
  });

  it("refuses a range where single statuses are meant", () => {
    const values = toValues(POOL);
    const faults = unreadable({ ...values, retry: { ...values.retry, retryStatuses: "500-599" } });
    expect(faults.map(({ path }) => path.join("."))).toEqual(["retry.retryStatuses"]);
  });

  it("names a node after its address", () => {
    expect(nameOfUrl("http://10.0.0.7:8080/v1")).toBe("10.0.0.7-8080");
    expect(nameOfUrl("http://[::1]:9000")).toBe("1-9000");
    expect(nameOfUrl("nonsense")).toBe("");
  });

  it("of a pool stand on one tab each: no group is left out", () => {
    expect(Object.values(TAB_GROUPS).flat().toSorted()).toEqual(Object.keys(SETTING_GROUPS).toSorted());
  });

  it("has an input for every setting of a pool", () => {
    const drawn = new Set<string>(Object.values(SETTING_GROUPS).flatMap((group) => group.map((field) => field.path)));
    const leaves = (value: object, prefix = ""): string[] =>
      Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === "object" && inner !== null && !Array.isArray(inner)
          ? leaves(inner, `${prefix}${key}.`)
          : [prefix + key],
      );
    const { hashKey: _, ...settings } = POOL;
    for (const stickiness of [{ mode: "off" }, { mode: "cookie" }, { mode: "learn", tokenName: "sid" }]) {
      const pool = { ...settings, stickiness: Stickiness.parse(stickiness) };
      expect(leaves(pool).filter((path) => !drawn.has(path) || !isDrawn(path, pool.stickiness))).toEqual([]);
    }
    for (const path of drawn) expect(valueAt(toValues(POOL), path)).toBeDefined();
  });

  it("keeps what was set for a way of sticking while another is looked at, and sends the chosen one's alone", () => {
    const values = toValues({ ...POOL, stickiness: Stickiness.parse({ mode: "cookie", name: "mine" }) });
    const off = { ...values, stickiness: { ...values.stickiness, mode: "off" as const } };
    expect(toPoolInput(off).stickiness).toEqual({ mode: "off" });
    expect(isDrawn("stickiness.name", off.stickiness)).toBe(false);
    const back = { ...off, stickiness: { ...off.stickiness, mode: "cookie" as const } };
    expect(toPoolInput(back).stickiness).toEqual(Stickiness.parse({ mode: "cookie", name: "mine" }));
  });
});
