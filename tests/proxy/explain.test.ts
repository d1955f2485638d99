// What is kept of single requests, over real sockets: all that failed, was retried, hedged or slow, and samples.
import { expect, test } from "vitest";
import { RequestRecord } from "#lib/contracts/requests.ts";
import { kindOf, phasesOf } from "#lib/core/explain/attempts.ts";
import type { RequestBatch } from "#workers/proxy/explain/request-log.ts";
import { MAX_A_SECOND, RequestLog } from "#workers/proxy/explain/request-log.ts";
import { request } from "./clients.ts";
import { configOf, deadUrl, type PoolDraft, startNode, startProxy } from "./rig.ts";

/** Its log: read with `records`, as control would. */
async function recordingProxy(pools: PoolDraft[], routes: object[] = []) {
  const batches: RequestBatch[] = [];
  const proxy = await startProxy(configOf(pools, routes, 7), {}, { onRequests: (batch) => batches.push(batch) });
  proxy.server.requests.connected();
  const records = () => {
    proxy.server.requests.flush();
    proxy.server.requests.taken();
    return batches.flatMap((batch) => batch.records).map((record) => RequestRecord.parse(record));
  };
  return { ...proxy, records, batches };
}

const recording = (settings: object) => ({ recording: { sampleRatio: 0, slowMs: 0, ...settings } });

test("keeps nothing of a request that went well and is no sample", async () => {
  const node = await startNode();
  const proxy = await recordingProxy([{ nodes: [node], ...recording({}) }]);
  expect((await request(`${proxy.url}/fine`)).status).toBe(200);
  expect(proxy.records()).toEqual([]);
});

test("a request that failed at every node tells each attempt, its cause, and who could have had it", async () => {
  const bad = await startNode((_request, response) => response.writeHead(503).end("no"));
  const dead = { ...(await startNode()), url: await deadUrl() };
  const proxy = await recordingProxy([
    {
      nodes: [
        { id: bad.id, url: bad.url },
        { id: dead.id, url: dead.url },
      ],
      ...recording({}),
    },
  ]);
  const answer = await request(`${proxy.url}/v1/chat?key=secret&plain`, { headers: { "x-request-id": "told-1" } });
  expect(answer.status).toBe(503);
  const [record] = proxy.records();
  expect(record).toMatchObject({
    requestId: "told-1",
    routeId: null,
    revision: 7,
    method: "GET",
    path: "/v1/chat",
    query: "?key=…&…",
    status: 503,
    kept: ["failed", "retried"],
  });
  expect(record?.attempts.map(({ cause }) => cause).sort()).toEqual(["connect-refused", "status-503"]);
  expect(record?.attempts.map((_, at, all) => kindOf(all, at))).toEqual(["first", "retry"]);
  const [seen] = record?.picks ?? [];
  expect(seen).toMatchObject({ when: "failed", attempt: 0, more: 0, mode: "normal" });
  expect(seen?.candidates.map(({ nodeId }) => nodeId)).toEqual([bad.id, dead.id]);
  expect(seen?.candidates.every(({ usable, share }) => usable && share === 0.5)).toBe(true);
});

test("one that another node saved is kept as retried, with the answer that the client got", async () => {
  const dead = await deadUrl();
  const good = await startNode();
  const proxy = await recordingProxy([
    {
      nodes: [
        { url: dead, weight: 100 },
        { id: good.id, url: good.url, weight: 1 },
      ],
      ...recording({}),
    },
  ]);
  expect((await request(`${proxy.url}/`)).status).toBe(200);
  const [record] = proxy.records();
  expect(record).toMatchObject({ status: 200, cause: "ok", code: null, kept: ["retried"] });
  expect(record?.attempts.map(({ cause }) => cause)).toEqual(["connect-refused", "ok"]);
  expect(record?.attempts[1]).toMatchObject({ nodeId: good.id, status: 200, reused: false });
});

test("every request is kept at a sample ratio of 1, with the scores that it was chosen by and times that add up", async () => {
  const node = await startNode();
  const proxy = await recordingProxy(
    [{ nodes: [node], algorithm: "least-connections", ...recording({ sampleRatio: 1 }) }],
    [],
  );
  await request(`${proxy.url}/a`);
  await request(`${proxy.url}/b`, { method: "POST" }, "hello");
  const [first, second] = proxy.records();
  expect(first).toMatchObject({ kept: ["sampled"], cause: "ok", algorithm: "least-connections" });
  expect(first?.picks).toHaveLength(1);
  expect(first?.picks[0]?.candidates[0]).toMatchObject({ nodeId: node.id, reason: "usable", inFlight: 0, score: 1 });
  expect(second).toMatchObject({ bytesIn: 5, bytesOut: 2 });
  for (const record of [first, second]) {
    const [attempt] = record?.attempts ?? [];
    if (attempt === undefined) throw new Error("no attempt was told");
    const phases = Object.values(phasesOf(attempt)).reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
    expect(phases).toBeCloseTo(attempt.endMs - attempt.startMs, 1);
  }
});

test("a slow one is kept when its answer begins at the limit", async () => {
  const node = await startNode((_request, response) => setTimeout(() => response.end("late"), 60));
  const proxy = await recordingProxy([{ nodes: [node], ...recording({ slowMs: 50 }), hedge: { enabled: false } }]);
  await request(`${proxy.url}/`);
  expect(proxy.records()[0]).toMatchObject({ status: 200, kept: ["slow"] });
});

test("tells the route that was matched, and why no node could be asked", async () => {
  const routeId = "0197f6a0-0000-7000-8000-000000000001";
  const poolId = "0197f6a0-0000-7000-8000-000000000002";
  const proxy = await recordingProxy(
    [{ nodes: [] }, { id: poolId, nodes: [{ url: "http://127.0.0.1:1", weight: 0 }] }],
    [{ id: routeId, match: { pathPrefix: "/api" }, poolId }],
  );
  expect((await request(`${proxy.url}/api/x`)).status).toBe(503);
  const [record] = proxy.records();
  expect(record).toMatchObject({ routeId, poolId, code: "nodes-out", cause: "nodes-out", attempts: [] });
  expect(record?.picks[0]).toMatchObject({ when: "refused", mode: "none" });
  expect(record?.picks[0]?.candidates[0]).toMatchObject({ reason: "weight-zero", usable: false });
});

test("answers that the proxy gives before any pool is asked are kept by their own code", async () => {
  const proxy = await startProxy(configOf([], []), {}, {});
  const batches: RequestBatch[] = [];
  const log = new RequestLog((batch) => batches.push(batch));
  Object.assign(proxy.server, { requests: log });
  log.connected();
  expect((await request(`${proxy.url}/nowhere`, { headers: { "x-request-id": "lost" } })).status).toBe(404);
  log.flush();
  expect(batches[0]?.records[0]).toMatchObject({ requestId: "lost", code: "no-route", status: 404, poolId: null });
});

test("more than there is room for are counted, not kept, and nothing is told before the last batch was taken", () => {
  const batches: RequestBatch[] = [];
  const log = new RequestLog((batch) => batches.push(batch));
  const one = (requestId: string) =>
    ({ requestId, path: "/", query: "", attempts: [], picks: [] }) as unknown as RequestRecord;
  for (let i = 0; i < MAX_A_SECOND + 5; i++) log.push(one(`r${i}`));
  log.flush();
  expect(batches).toEqual([]);
  log.connected();
  log.flush();
  log.flush();
  expect(batches).toHaveLength(1);
  expect(batches[0]?.records[0]?.requestId).toBe("r0");
  // The clock may have gone on to the next second in between: then some of the five fit.
  expect(batches[0]?.dropped).toBeLessThanOrEqual(5);
  log.taken();
  log.flush();
  expect(batches).toHaveLength(2);
  log.stop();
});

test("a storm of failures leaves what goes well alone when recording is off", async () => {
  const bad = await startNode((_request, response) => response.writeHead(500).end());
  const proxy = await recordingProxy([{ nodes: [bad], ...recording({ enabled: false }) }]);
  expect((await request(`${proxy.url}/`)).status).toBe(500);
  expect(proxy.records()).toEqual([]);
});
