import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { api, makePool, serveApi } from "./harness.ts";

serveApi();

const paths = (body: { faults: { path: (string | number)[] }[] }) => body.faults.map(({ path }) => path.join("."));
const redirect = { kind: "redirect", status: 308, location: "https://new.example.org{path}{query}" };

describe("a route that answers by itself", () => {
  it("is made without a pool, read back, and kept in the tables", async () => {
    const match = { host: "old.example.org" };
    const made = await api("POST", "/routes", { body: { match, action: redirect } });
    expect([made.status, made.body]).toMatchObject([201, { poolId: null, poolName: "", action: redirect }]);
    expect((await api("GET", `/routes/${made.body.id}`)).body.action).toEqual(redirect);
    const row = await db().route.findUnique({ where: { id: made.body.id } });
    expect(row).toMatchObject({ poolId: null, settings: { action: redirect, rateLimit: null } });
  });

  it("may take a pool's requests over, which frees the pool, and give them back", async () => {
    const pool = await makePool();
    const made = await api("POST", "/routes", { body: { match: { pathPrefix: "/shop" }, poolId: pool.id } });
    const path = `/routes/${made.body.id}`;
    const both = await api("PATCH", path, { body: { action: redirect } });
    expect([both.status, paths(both.body)]).toEqual([400, ["action"]]);
    const action = { kind: "respond", status: 503, body: "back soon", headers: { "Retry-After": "120" } };
    const taken = await api("PATCH", path, { body: { poolId: null, action } });
    expect([taken.status, taken.body.action]).toMatchObject([200, { ...action, headers: { "retry-after": "120" } }]);
    expect((await api("GET", `/pools/${pool.id}`)).body.routeCount).toBe(0);
    const { changes } = (await api("GET", `/revisions/${taken.body.revision}`)).body;
    expect(changes[0].fields).toEqual(
      expect.arrayContaining([
        { path: "action.kind", before: null, after: "respond" },
        { path: "pool", before: pool.name, after: null },
      ]),
    );
    expect((await api("PATCH", path, { body: { poolId: pool.id, action: null } })).body.poolName).toBe(pool.name);
    expect((await api("DELETE", `/pools/${pool.id}`)).body.code).toBe("pool-in-use");
  });

  it("is refused with every fault: neither pool nor answer, another's server, fields that are the proxy's own", async () => {
    const nothing = await api("POST", "/routes", { body: { match: { host: "nothing.example.org" } } });
    expect([nothing.status, paths(nothing.body)]).toEqual([400, ["poolId"]]);
    const bad = await api("POST", "/routes", {
      body: {
        match: { pathPrefix: "/x" },
        action: { kind: "redirect", location: "//evil.example.org" },
        responseHeaders: { set: { "Content-Length": "0", ok: "a\r\nb" }, remove: ["Connection"] },
        rateLimit: { requests: 0, windowMs: 1_500 },
      },
    });
    expect([bad.status, paths(bad.body)]).toEqual([
      400,
      [
        "action.location",
        "responseHeaders.set.Content-Length",
        "responseHeaders.set.ok",
        "responseHeaders.remove.0",
        "rateLimit.requests",
        "rateLimit.windowMs",
      ],
    ]);
  });

  it("and one that leads to a pool keep all their settings through a roll-back", async () => {
    const pool = await makePool();
    const settings = {
      pathRewrite: "/v2",
      requestHeaders: { set: { "x-tenant": "a" }, remove: ["cookie"] },
      responseHeaders: { set: {}, remove: ["server"] },
      maxBodyBytes: 1_000,
      rateLimit: { requests: 5, windowMs: 60_000, burst: 2, key: { from: "header", name: "x-user" } },
    };
    const made = await api("POST", "/routes", { body: { match: { pathPrefix: "/k" }, poolId: pool.id, ...settings } });
    expect(made.body).toMatchObject(settings);
    await api("DELETE", `/routes/${made.body.id}`);
    await api("POST", `/revisions/${made.body.revision}/rollback`, { body: {} });
    expect((await api("GET", `/routes/${made.body.id}`)).body).toMatchObject(settings);
  });
});
