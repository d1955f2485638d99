// Requests wait only for nodes that are full; when none is usable they are told so at once, and why.
import type http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { draining, proxyFor, runtimeOf, startNode } from "./rig.ts";

afterEach(cleanUp);

/** The queue is there, and so long that a test which waits in it fails. */
const LONG_QUEUE = { timeouts: { queueMs: 600_000 }, maxQueue: 10 };
const breaker = (action: "trip", untilMs: number) => ({
  breakerOrder: { action, atMs: Date.now(), untilMs, by: "test" },
});

describe("when no node is usable", () => {
  test.each<[string, () => Parameters<typeof runtimeOf>[1], string]>([
    ["all are drained", () => draining(), "nodes-out"],
    ["all are in maintenance", () => ({ admin: { ...draining().admin, state: "maintenance" } }), "nodes-out"],
    ["all breakers are open", () => breaker("trip", Date.now() + 30_000), "breakers-open"],
  ])("because %s, a request gets 503 with Retry-After and the cause, without waiting", async (_, facts, code) => {
    const nodes = [await startNode(), await startNode()];
    const { server, url, poolId } = await proxyFor(nodes, LONG_QUEUE);
    server.applyNodes(nodes.map(({ id }) => runtimeOf(id, facts())));
    const answer = await request(url);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ code });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(server.poolState(poolId)?.line.size).toBe(0);
    expect(nodes.map(({ hits }) => hits)).toEqual([0, 0]);
  });

  test("because all rest and the pool refuses then, it is told for how long", async () => {
    const node = await startNode((_request, response) => response.writeHead(429, { "Retry-After": "40" }).end());
    const { url } = await proxyFor([node], { ...LONG_QUEUE, cooling: { whenAll: "refuse" } });
    expect((await request(url)).status).toBe(429);
    const answer = await request(url);
    expect(JSON.parse(answer.body).code).toBe("nodes-cooling");
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(30);
    expect(node.hits).toBe(1);
  });

  test("because the only one is on trial and has all it may take, it does not wait either", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((_request, response) => held.push(response));
    const { server, url } = await proxyFor([node], { ...LONG_QUEUE, breaker: { halfOpenRequests: 1 } });
    server.applyNodes([runtimeOf(node.id, breaker("trip", Date.now() + 50))]);
    await vi.waitFor(() => expect(server.nodeState(node.id)?.breaker.state).toBe("half-open"));
    const trial = request(url);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const answer = await request(url);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body).code).toBe("breakers-open");
    held[0]?.end();
    expect((await trial).status).toBe(200);
  });

  test("any more, those that wait for a slot are told at once, too", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((_request, response) => held.push(response));
    const { server, url, poolId } = await proxyFor([node], {
      ...LONG_QUEUE,
      nodes: [{ id: node.id, url: node.url, maxInFlight: 1 }],
    });
    const first = request(url);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const waiting = request(url);
    await vi.waitFor(() => expect(server.poolState(poolId)?.line.size).toBe(1));
    server.applyNodes([runtimeOf(node.id, draining())]);
    expect(JSON.parse((await waiting).body).code).toBe("nodes-out");
    held[0]?.end();
    expect((await first).status).toBe(200);
    expect(node.hits).toBe(1);
  });
});
