// Requests of several classes in front of one node that takes one at a time.
import { randomUUID } from "node:crypto";
import type http from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { RawClient, request } from "./clients.ts";
import { configOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const GOLD = { name: "gold", header: { name: "x-class", values: ["gold"] }, pathPrefixes: ["/gold"] };
const SILVER = { name: "silver", pathPrefixes: ["/silver"] };

/** @param routes lead to the pool */
async function queued(settings: object = {}, routes: object[] = []) {
  const held: { path: string; answer: http.ServerResponse }[] = [];
  const node = await startNode((asked, answer) => void held.push({ path: asked.url ?? "", answer }));
  const poolId = randomUUID();
  const pool = (more: object = {}) => [
    {
      id: poolId,
      nodes: [{ id: node.id, url: node.url, maxInFlight: 1 }],
      classes: [GOLD, SILVER],
      ...settings,
      ...more,
    },
  ];
  const leading = routes.map((route) => ({ poolId, ...route }));
  const proxy = await startProxy(configOf(pool(), leading));
  const line = () => proxy.server.poolState(poolId)?.line;
  const sent: Promise<unknown>[] = [];
  const ask = (path: string, headers: Record<string, string> = {}) => {
    const answer = request(`${proxy.url}${path}`, { headers });
    answer.catch(() => {});
    sent.push(answer);
    return answer;
  };
  /** Sends those that have to wait, one after the other. */
  const askWaiting = async (...paths: string[]) => {
    for (const path of paths) {
      const size = (line()?.size ?? 0) + 1;
      ask(path);
      await vi.waitFor(() => expect(line()?.size).toBe(size), { interval: 1 });
    }
  };
  ask("/first");
  await vi.waitFor(() => expect(held).toHaveLength(1), { interval: 1 });
  /** The node answers one after the other. @returns in which order it was asked */
  const serveAll = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await vi.waitFor(() => expect(held.length).toBeGreaterThan(i), { interval: 1 });
      held[i]?.answer.end();
    }
    await Promise.all(sent);
    return held.map(({ path }) => path);
  };
  return { ...proxy, node, poolId, ask, askWaiting, serveAll, line, pool };
}

test("a free slot goes to the highest class that waits, however many of lower ones came before", async () => {
  const { ask, askWaiting, serveAll, node, line } = await queued();
  for (let i = 0; i < 20; i++) ask(`/low-${i}`);
  await vi.waitFor(() => expect(line()?.size).toBe(20), { interval: 1 });
  await askWaiting("/silver/1", "/gold/1", "/silver/2", "/gold/2");
  const order = await serveAll(25);
  expect(order.slice(0, 5)).toEqual(["/first", "/gold/1", "/gold/2", "/silver/1", "/silver/2"]);
  expect(order.slice(5).every((path) => path.startsWith("/low-"))).toBe(true);
  expect(node.hits).toBe(25);
});

test("a class is told by a header, by the path, or by the route, which has the last word", async () => {
  const routes = [
    { match: { pathPrefix: "/batch" }, requestClass: "silver" },
    { match: { pathPrefix: "/gold/none" }, requestClass: "silver" },
  ];
  const { ask, serveAll, server, poolId, line } = await queued({}, routes);
  const asked: [string, Record<string, string>][] = [
    ["/other", { "x-class": "Gold" }],
    ["/batch", { "x-class": "gold" }],
    ["/gold/none", {}],
    ["/by-header", { "X-Class": "gold" }],
    ["/gold", {}],
  ];
  for (const [at, [path, headers]] of asked.entries()) {
    ask(path, headers);
    await vi.waitFor(() => expect(line()?.size).toBe(at + 1), { interval: 1 });
  }
  const queues = server.takeFrame(1_000).pools.find((pool) => pool.poolId === poolId)?.queues;
  expect(queues?.map(({ name, queued }) => [name, queued])).toEqual([
    ["gold", 2],
    ["silver", 2],
    ["default", 1],
  ]);
  for (const { oldestWaitMs } of queues ?? []) expect(oldestWaitMs).toBeGreaterThan(0);
  expect(await serveAll(6)).toEqual(["/first", "/by-header", "/gold", "/batch", "/gold/none", "/other"]);
});

test("each queue has its own limit and time: a full or slow one refuses its own requests only, and says its class", async () => {
  const classes = [
    { ...GOLD, maxQueue: 1, queueMs: 60_000 },
    { ...SILVER, maxQueue: 5, queueMs: 50 },
  ];
  const settings = { classes, maxQueue: 1, timeouts: { queueMs: 60_000 } };
  const { askWaiting, url, server, measured, poolId, node, line, serveAll } = await queued(settings);
  await askWaiting("/gold/1", "/low/1");
  const fault = async (path: string) => {
    const { status, headers, body } = await request(`${url}${path}`);
    return { status, retryAfter: headers["retry-after"], ...JSON.parse(body) };
  };
  expect(await fault("/gold/2")).toMatchObject({
    status: 503,
    code: "queue-full",
    retryAfter: "1",
    detail: "all nodes are busy and the queue of the class gold is full",
  });
  expect(await fault("/low/2")).toMatchObject({
    code: "queue-full",
    detail: "all nodes are busy and the queue is full",
  });
  expect(await fault("/silver/1")).toMatchObject({
    status: 503,
    code: "queue-timeout",
    retryAfter: "1",
    detail: "no node became free in time for the queue of the class silver",
  });
  expect(line()?.size).toBe(2);
  expect(await serveAll(3)).toEqual(["/first", "/gold/1", "/low/1"]);
  // A second may have ended meanwhile: of all of them together.
  const { pools, flows = [] } = measured();
  const pool = pools.find((each) => each.poolId === poolId);
  const queues = pool?.queues;
  expect(queues).toMatchObject([
    { name: "gold", served: 1, refused: 1, timedOut: 0 },
    { name: "silver", served: 0, waitedMs: 0, refused: 0, timedOut: 1 },
    { name: "default", served: 1, refused: 1, timedOut: 0 },
  ]);
  expect(queues?.[0]?.waitedMs).toBeGreaterThan(0);
  // The same by flow, for routes; the pool's own sum leaves it to its queues.
  const waits = new Map(flows.map((flow) => [flow.class, flow.details]));
  expect(waits.get("gold")).toMatchObject({ waited: 1, queueRefused: 1 });
  expect(waits.get("silver")).toMatchObject({ queueTimedOut: 1 });
  expect(waits.get("gold")?.waitedMs).toBeGreaterThan(0);
  expect(pool?.details?.waited).toBeUndefined();
  expect(server.takeFrame(2_000).pools.find((pool) => pool.poolId === poolId)?.queues).toBeUndefined();
  expect(node.hits).toBe(3);
});

test("a client that leaves while it waits leaves nothing behind, whatever its class", async () => {
  const { ask, port, server, poolId, node, line, serveAll } = await queued();
  const leaving = ["/gold", "/silver", "/low"].map((path) =>
    new RawClient(port).send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`),
  );
  await vi.waitFor(() => expect(line()?.size).toBe(3), { interval: 1 });
  for (const { socket } of leaving) socket.destroy();
  await vi.waitFor(() => expect(line()?.size).toBe(0), { interval: 1 });
  expect(await serveAll(1)).toEqual(["/first"]);
  const pool = server.poolState(poolId);
  expect([pool?.active, pool?.nodes[0]?.inFlight]).toEqual([0, 0]);
  expect((server.takeFrame(1_000).flows ?? []).filter((flow) => flow.queued !== undefined)).toEqual([]);
  ask("/after");
  expect(await serveAll(2)).toEqual(["/first", "/after"]);
  expect(node.hits).toBe(2);
});

test("requests wait on when classes change, those of a class that is gone at the end of the order", async () => {
  const { askWaiting, server, pool, line, serveAll } = await queued();
  await askWaiting("/silver", "/low", "/gold");
  server.applyConfig(configOf(pool({ classes: [{ name: "new", pathPrefixes: ["/low"] }, SILVER] }), [], 2));
  await vi.waitFor(() => expect(line()?.size).toBe(3), { interval: 1 });
  expect(await serveAll(4)).toEqual(["/first", "/silver", "/low", "/gold"]);
});
