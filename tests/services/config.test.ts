import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { api, faultPaths, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("making configuration", () => {
  it("makes a working pool from name and algorithm alone", async () => {
    const answer = await api("POST", "/pools", { body: { name: "payments", algorithm: "least-connections" } });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: "payments",
      nodes: [],
      routeCount: 0,
      healthCheck: { intervalMs: 5000 },
    });
    expect(answer.headers.get("location")).toBe(`/api/v1/pools/${answer.body.id}`);
    expect(answer.headers.get("gb-revision")).toBe(String(answer.body.revision));
    expect((await api("GET", `/pools/${answer.body.id}`)).body.name).toBe("payments");
  });

  it("makes a pool and its nodes in one revision, with tables in step", async () => {
    const before = await revisionCount();
    const pool = await makePool({
      nodes: [
        { name: "a", url: "http://127.0.0.1:8001", weight: 5 },
        { name: "b", url: "http://127.0.0.1:8002/base/", weight: 3 },
      ],
    });
    expect(await revisionCount()).toBe(before + 1);
    expect(pool.nodes).toMatchObject([
      { name: "a", weight: 5, status: "unchecked", poolId: pool.id },
      { name: "b", url: "http://127.0.0.1:8002/base" },
    ]);
    const rows = await db().node.findMany({ where: { poolId: pool.id }, orderBy: { position: "asc" } });
    expect(rows.map((row) => [row.name, row.weight])).toEqual([
      ["a", 5],
      ["b", 3],
    ]);
  });

  it("merges a patch over what is there, one settings group deep", async () => {
    const pool = await makePool({ breaker: { minimumRequests: 7 } });
    const { status, body } = await api("PATCH", `/pools/${pool.id}`, { body: { breaker: { openMs: 1234 } } });
    expect(status).toBe(200);
    expect(body.breaker).toMatchObject({ openMs: 1234, minimumRequests: 7 });
    const row = await db().pool.findUniqueOrThrow({ where: { id: pool.id } });
    expect(row.settings).toMatchObject({ breaker: { openMs: 1234, minimumRequests: 7 } });
  });

  it("publishes nothing when a patch changes nothing", async () => {
    const pool = await makePool();
    const before = await revisionCount();
    const { status, body } = await api("PATCH", `/pools/${pool.id}`, { body: { name: pool.name } });
    expect(status).toBe(200);
    expect(body.revision).toBe(pool.revision);
    expect(await revisionCount()).toBe(before);
  });

  it("lets two pools swap their names in one roll-back", async () => {
    const [a, b] = [await makePool({ name: "swap-a" }), await makePool({ name: "swap-b" })];
    await api("PATCH", `/pools/${a.id}`, { body: { name: "swap-c" } });
    await api("PATCH", `/pools/${b.id}`, { body: { name: "swap-a" } });
    await api("PATCH", `/pools/${a.id}`, { body: { name: "swap-b" } });
    const { status } = await api("POST", `/revisions/${b.revision}/rollback`, { body: {} });
    expect(status).toBe(200);
    const rows = await db().pool.findMany({ where: { id: { in: [a.id, b.id] } }, orderBy: { name: "asc" } });
    expect(rows.map((row) => [row.id, row.name, row.nameKey])).toEqual([
      [a.id, "swap-a", "swap-a"],
      [b.id, "swap-b", "swap-b"],
    ]);
  });

  it("removes a pool with its nodes and answers 204 with the revision", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const { status, body, headers } = await api("DELETE", `/pools/${pool.id}`);
    expect([status, body]).toEqual([204, null]);
    expect(Number(headers.get("gb-revision"))).toBe(pool.revision + 1);
    expect((await api("GET", `/pools/${pool.id}`)).status).toBe(404);
    expect(await db().node.count({ where: { poolId: pool.id } })).toBe(0);
  });

  it("numbers twenty publishes at once without a gap and loses none, also when other servers publish", async () => {
    const before = await revisionCount();
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const other = db().$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(7302001)`;
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const publishing = Promise.all(Array.from({ length: 20 }, () => makePool()));
    // Those that wait for the lock leave connections to whoever reads.
    expect((await api("GET", "/pools")).headers.get("gb-revision")).toBe(String(before));
    release.resolve();
    const pools = await publishing;
    await other;
    expect(await revisionCount()).toBe(before + 20);
    const numbers = pools.map((pool) => pool.revision).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, at) => before + 1 + at));
    const names = (await api("GET", "/pools")).body.items.map((pool: { name: string }) => pool.name);
    expect(names).toEqual(expect.arrayContaining(pools.map((pool) => pool.name)));
  });
});

describe("refusing configuration", () => {
  it("names every bad field of a pool and its nodes, and saves nothing", async () => {
    const before = await revisionCount();
    const answer = await api("POST", "/pools", {
      body: {
        name: "",
        algorithm: "fastest",
        brekaer: {},
        breaker: { errorRatio: 2 },
        nodes: [{ name: "ok", url: "ftp://x", weight: 1001 }],
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body.code).toBe("invalid-input");
    expect([...new Set(faultPaths(answer))]).toEqual([
      "algorithm",
      "breaker.errorRatio",
      "brekaer",
      "name",
      "nodes.0.url",
      "nodes.0.weight",
    ]);
    expect(await revisionCount()).toBe(before);
  });

  it.each([
    ["a weight above 1000", { weight: 1001 }, "weight"],
    ["a negative weight", { weight: -1 }, "weight"],
    ["a URL that is not http", { url: "ftp://127.0.0.1" }, "url"],
    ["a URL with a password", { url: "http://a:b@127.0.0.1" }, "url"],
    ["a misspelt field", { wieght: 3 }, "wieght"],
  ])("refuses a node with %s by the name of the field", async (_, settings, field) => {
    const pool = await makePool();
    const before = await revisionCount();
    const answer = await api("POST", `/pools/${pool.id}/nodes`, {
      body: { name: "n", url: "http://127.0.0.1:1", ...settings },
    });
    expect(answer.status).toBe(400);
    expect(faultPaths(answer)).toEqual([field]);
    expect(await revisionCount()).toBe(before);
  });

  it.each([
    ["\\u0000", "a NUL"],
    ["\\ud800", "half a character"],
  ])("refuses text with %s, which no database keeps, by the name of the field", async (text) => {
    const pool = await makePool();
    const answer = await api("PATCH", `/pools/${pool.id}`, { body: `{"description": "a${text}b"}` });
    expect([answer.status, answer.body.code, faultPaths(answer)]).toEqual([400, "invalid-input", ["description"]]);
    const inQuery = await api("GET", "/audit?action=a%00b", { as: "operator" });
    expect([inQuery.status, faultPaths(inQuery)]).toEqual([400, ["action"]]);
  });

  it("names a misspelt parameter of a query instead of answering something else", async () => {
    const answer = await api("GET", "/alerts?stat=firing&limit=0");
    expect([answer.status, faultPaths(answer)]).toEqual([400, ["limit", "stat"]]);
  });

  it("tells a hundred faults at most, and how many more there are", async () => {
    const unknown = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`unknown${at}`, 1]));
    const answer = await api("POST", "/pools", { body: { name: "p", algorithm: "peak-ewma", ...unknown } });
    expect(answer.body.faults).toHaveLength(100);
    expect(answer.body.detail).toMatch(/; and 900 more$/);
  });

  it("takes a name as the same, however its characters were composed", async () => {
    await makePool({ name: "caf\u00e9" });
    const again = await api("POST", "/pools", { body: { name: "cafe\u0301", algorithm: "peak-ewma" } });
    expect([again.status, again.body.code]).toEqual([409, "duplicate-name"]);
  });

  it("refuses a taken name without regard to case, among pools and within a pool", async () => {
    const pool = await makePool({ name: "Taken" });
    const again = await api("POST", "/pools", { body: { name: "tAKEN", algorithm: "peak-ewma" } });
    expect([again.status, again.body.code, faultPaths(again)]).toEqual([409, "duplicate-name", ["name"]]);
    await makeNode(pool.id, { name: "one" });
    const node = await api("POST", `/pools/${pool.id}/nodes`, { body: { name: "ONE", url: "http://127.0.0.1:1" } });
    expect([node.status, node.body.code]).toEqual([409, "duplicate-name"]);
    const other = await makePool();
    expect((await makeNode(other.id, { name: "one" })).name).toBe("one");
  });

  it("tells which of a new pool's nodes has a taken name, and makes neither pool nor nodes", async () => {
    const before = await revisionCount();
    const url = "http://127.0.0.1:1";
    const nodes = [
      { name: "x", url },
      { name: "y", url },
      { name: "X", url },
    ];
    const answer = await api("POST", "/pools", { body: { name: "half", algorithm: "least-time", nodes } });
    expect([answer.status, faultPaths(answer)]).toEqual([409, ["nodes.2.name"]]);
    expect(await revisionCount()).toBe(before);
    expect(await db().pool.count({ where: { name: "half" } })).toBe(0);
  });

  it("keeps a pool that a route leads to", async () => {
    const pool = await makePool();
    const route = await api("POST", "/routes", {
      body: { match: { host: "in-use.example.org" }, poolId: pool.id },
    });
    expect([route.status, route.body.poolName]).toEqual([201, pool.name]);
    expect((await api("GET", `/pools/${pool.id}`)).body.routeCount).toBe(1);
    const refused = await api("DELETE", `/pools/${pool.id}`);
    expect([refused.status, refused.body.code]).toEqual([409, "pool-in-use"]);
    expect((await api("DELETE", `/routes/${route.body.id}`)).status).toBe(204);
    expect((await api("DELETE", `/pools/${pool.id}`)).status).toBe(204);
  });

  it("refuses a route that ties with another, and one to a pool that is not there", async () => {
    const pool = await makePool();
    const match = { host: "tie.example.org", pathPrefix: "/v1" };
    expect((await api("POST", "/routes", { body: { match, poolId: pool.id } })).status).toBe(201);
    const tie = await api("POST", "/routes", { body: { match, poolId: pool.id } });
    expect([tie.status, tie.body.code]).toEqual([409, "route-tie"]);
    const nowhere = await api("POST", "/routes", {
      body: { match: { pathPrefix: "/x" }, poolId: "00000000-0000-4000-8000-000000000000" },
    });
    expect([nowhere.status, faultPaths(nowhere)]).toEqual([400, ["poolId"]]);
  });

  it("allows one default pool only", async () => {
    const first = await makePool({ isDefault: true });
    const second = await api("POST", "/pools", { body: { name: "second", algorithm: "least-time", isDefault: true } });
    expect([second.status, second.body.code, faultPaths(second)]).toEqual([409, "conflict", ["isDefault"]]);
    expect((await api("PATCH", `/pools/${first.id}`, { body: { isDefault: false } })).status).toBe(200);
  });

  it("refuses a change made against an older revision, and takes it against the present one", async () => {
    const pool = await makePool();
    await makePool();
    const patch = (ifMatch: string) =>
      api("PATCH", `/pools/${pool.id}`, { body: { description: ifMatch }, headers: { "if-match": ifMatch } });
    const stale = await patch(`"${pool.revision}"`);
    expect([stale.status, stale.body.code]).toEqual([412, "stale-revision"]);
    const head = (await api("GET", "/pools")).headers.get("etag") as string;
    expect((await patch(head)).status).toBe(200);
    expect((await patch(String(Number(head.slice(1, -1)) + 1))).status).toBe(200);
    expect((await patch("yesterday")).status).toBe(400);
  });

  it.each([
    ["GET", "/pools/not-an-id"],
    ["PATCH", "/nodes/00000000-0000-4000-8000-000000000000"],
    ["DELETE", "/routes/00000000-0000-4000-8000-000000000000"],
    ["POST", "/pools/00000000-0000-4000-8000-000000000000/nodes"],
    ["GET", "/revisions/0"],
    ["POST", "/revisions/999999/rollback"],
    ["GET", "/nodes/nope/events"],
    ["GET", "/alerts/nope"],
    ["GET", "/no/such/path"],
  ])("answers 404 to %s %s", async (method, path) => {
    const answer = await api(method, path, method === "GET" ? {} : { body: {} });
    expect([answer.status, answer.body.code]).toEqual([404, "not-found"]);
  });
});
