// Taking nodes out of service: what is told before, what is refused, and what comes of many at once.
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { counts, lastSecond, makeWorker, storeFrame } from "./fleet.ts";
import { type Answered, api, makePool, serveApi } from "./harness.ts";

serveApi();
beforeAll(() => makeWorker("w1"));

type Json = Answered["body"];
const post = (path: string, body: object, as: "operator" | "viewer" = "operator") => api("POST", path, { as, body });
/** A pool to which a route leads, and its nodes. */
async function routed(names: string[], settings: object = {}): Promise<{ pool: Json; ids: string[] }> {
  const nodes = names.map((name, at) => ({ name, url: `http://127.0.0.1:${8_100 + at}`, ...settings }));
  const pool = await makePool({ nodes });
  await api("POST", "/routes", { body: { match: { pathPrefix: `/${pool.id}` }, poolId: pool.id } });
  return { pool, ids: pool.nodes.map(({ id }: Json) => id) };
}
const stateOf = async (id: string) => (await api("GET", `/nodes/${id}`)).body.facts.admin.state;

describe("taking the last usable node out", () => {
  it.each(["drain", "maintenance", "trip-breaker"])(
    "is refused by %s, in words and with nothing done, and carried out with an override",
    async (action) => {
      const { ids } = await routed(["a", "b"]);
      expect((await post(`/nodes/${ids[0]}/maintenance`, {})).status).toBe(200);
      const refused = await post(`/nodes/${ids[1]}/${action}`, {});
      expect(refused).toMatchObject({ status: 409, body: { code: "unsafe-operation" } });
      expect(refused.body.detail).toMatch(/leaves no usable node in .* override: true/);
      expect(await stateOf(ids[1] as string)).toBe("ready");
      expect(await db().audit.count({ where: { targetId: ids[1] as string, action: `node.${action}` } })).toBe(0);
      expect((await post(`/nodes/${ids[1]}/${action}`, { override: true })).status).toBe(200);
    },
  );

  it("needs no override where no request leads to the pool", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:8100" }] });
    expect((await post(`/nodes/${pool.nodes[0].id}/drain`, {})).status).toBe(200);
  });

  it("happens to one of two operators only, who each take one of the last two at the same time", async () => {
    const { ids } = await routed(["a", "b"]);
    const answers = await Promise.all(ids.map((id) => post(`/nodes/${id}/drain`, {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe("the pre-flight", () => {
  it("tells what is left without all of the nodes together, the busiest hour, and what goes on at each", async () => {
    const { pool, ids } = await routed(["a", "b", "c"], { maxInFlight: 10 });
    const atMs = lastSecond();
    const nodes = ids.map((nodeId) => ({
      ...{ nodeId, poolId: pool.id, share: 1 / 3, inFlight: 4, sessions: 7 },
      ...counts(8, 500),
    }));
    await storeFrame("w1", { atMs, pools: [], nodes });
    await rollUp(pool.id, 15);
    const { body } = await post("/nodes/preflight", { nodeIds: ids.slice(0, 2) }, "viewer");
    expect(body.pools).toEqual([
      {
        ...{ poolId: pool.id, poolName: pool.name, nodeIds: ids.slice(0, 2), peakInFlight: 15 },
        before: { serving: 3, slots: 30 },
        after: { serving: 1, slots: 10 },
        capacityLeftRatio: expect.closeTo(1 / 3),
        risks: ["over-capacity"],
      },
    ]);
    expect(body.nodes[0]).toMatchObject({ name: "a", inFlight: 4, sessions: { state: "none" } });
    // Four in flight, eight done a second: half a second each, and the last of four about twice that.
    expect(body.nodes[0].emptyInMs).toBeCloseTo(982, 0);
    expect((await post(`/nodes/${ids[0]}/drain`, {})).status).toBe(200);
    expect(await post(`/nodes/${ids[1]}/drain`, {})).toMatchObject({ status: 409, body: { code: "unsafe-operation" } });
  });

  it("counts the sessions that workers learned, and says so where a cookie carries them", async () => {
    const learn = await routed(["a", "b"]);
    await api("PATCH", `/pools/${learn.pool.id}`, { body: { stickiness: { mode: "learn", tokenName: "sid" } } });
    const node = { nodeId: learn.ids[0] as string, poolId: learn.pool.id, share: 0.5, inFlight: 0, sessions: 7 };
    // Of another worker than the test before has a frame of: it may be the same second still.
    await storeFrame("w2", { atMs: lastSecond(), pools: [], nodes: [{ ...node, ...counts(0, 0) }] });
    const sessions = async (id?: string) => (await post("/nodes/preflight", { nodeIds: [id] })).body.nodes[0].sessions;
    expect(await sessions(learn.ids[0])).toEqual({ state: "counted", count: 7 });
    const cookie = await routed(["a", "b"]);
    await api("PATCH", `/pools/${cookie.pool.id}`, { body: { stickiness: { mode: "cookie" } } });
    expect(await sessions(cookie.ids[0])).toEqual({ state: "not-counted" });
  });
});

/** A minute of the last hour in which the pool had `inFlightMax` requests in flight at once. */
const rollUp = (poolId: string, inFlightMax: number) =>
  db().metricRollup.create({
    data: {
      ...{ resolution: "1m", scope: "pool", workerId: "w1", targetId: poolId, poolId, inFlightMax, queuedMax: 0 },
      at: new Date(Math.floor(Date.now() / 60_000) * 60_000 - 120_000),
      ...{ requests: 1, successes: 1, failures: 0, retries: 0, aborted: 0, bytesIn: 0, bytesOut: 0 },
      ...{ status1xx: 0, status2xx: 1, status3xx: 0, status4xx: 0, status5xx: 0 },
      latency: new Uint8Array(),
    },
  });

describe("an operation on many nodes", () => {
  it("tells for each what came of it; one that fails undoes no other", async () => {
    const { ids } = await routed(["a", "b", "c"]);
    const gone = "00000000-0000-4000-8000-000000000009";
    await post(`/nodes/${ids[1]}/maintenance`, {});
    const nodeIds = [ids[0], gone, ids[1]];
    const { status, body } = await post("/nodes/operations", { action: "warm-up", nodeIds });
    expect([status, body.done, body.failed]).toEqual([200, 1, 2]);
    expect(body.results).toMatchObject([
      { ok: true, nodeId: ids[0], node: { status: "warming-up" } },
      { ok: false, nodeId: gone, code: "not-found" },
      { ok: false, nodeId: ids[1], code: "conflict", detail: expect.stringContaining("make it ready first") },
    ]);
    const audit = await db().audit.findMany({ where: { action: "node.warm-up", targetId: { in: ids } } });
    expect(audit.map(({ targetId }) => targetId)).toEqual([ids[0]]);
  });

  it("judges all of them together, and does nothing where that is not safe", async () => {
    const { ids } = await routed(["a", "b"]);
    const refused = await post("/nodes/operations", { action: "drain", nodeIds: ids });
    expect(refused).toMatchObject({ status: 409, body: { code: "unsafe-operation" } });
    expect(await Promise.all(ids.map(stateOf))).toEqual(["ready", "ready"]);
    const all = await post("/nodes/operations", { action: "drain", nodeIds: ids, timeoutMs: 90_000, override: true });
    expect(all.body).toMatchObject({ done: 2, failed: 0 });
    const { deadlineMs, sinceMs } = all.body.results[0].node.facts.admin;
    expect(deadlineMs - sinceMs).toBe(90_000);
    expect((await post("/nodes/operations", { action: "drain", nodeIds: ids }, "viewer")).status).toBe(403);
  });
});
