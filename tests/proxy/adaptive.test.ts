// Nodes whose limit of requests at once is found out from how long they take.
import type http from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

afterEach(cleanUp);

const ON = { enabled: true, windowMs: 50 };

test("no more than the limit are at a node, the others wait for it and are served, and its limit is told", async () => {
  const held: http.ServerResponse[] = [];
  const node = await startNode((_request, response) => void held.push(response));
  const { url, server, poolId } = await proxyFor([node], {
    adaptiveConcurrency: { ...ON, minLimit: 3, maxLimit: 3 },
    hedge: { enabled: false },
  });
  const asked = Array.from({ length: 10 }, () => request(url));
  const line = server.poolState(poolId)?.line;
  await vi.waitFor(() => expect([held.length, line?.size]).toEqual([3, 7]), { interval: 1 });
  expect(server.takeFrame(1_000).nodes).toMatchObject([{ inFlight: 3, concurrencyLimit: 3 }]);
  for (let i = 0; i < 10; i++) {
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(i), { interval: 1 });
    expect(node.hits).toBeLessThanOrEqual(i + 3);
    held[i]?.end();
  }
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(node.hits).toBe(10);
  expect([line?.size, server.nodeState(node.id)?.inFlight]).toEqual([0, 0]);
});

test("the limit grows with a node that stays quick, and all that wait are let in as there is room", async () => {
  const node = await startNode();
  const { url, server } = await proxyFor([node], { adaptiveConcurrency: { ...ON, toleranceRatio: 10 } });
  await vi.waitFor(
    async () => {
      expect(await load(url, 200, 40)).toEqual(new Map([[200, 200]]));
      expect(server.nodeState(node.id)?.adaptive?.limit).toBeGreaterThan(8);
    },
    { timeout: 20_000, interval: 1 },
  );
});

test("it is the lower one of the two limits that counts", async () => {
  const held: http.ServerResponse[] = [];
  const node = await startNode((_request, response) => void held.push(response));
  const { url, server, poolId, config } = await proxyFor([node], {
    adaptiveConcurrency: ON,
    hedge: { enabled: false },
  });
  const [pool] = config.document.pools;
  const [configured] = pool?.nodes ?? [];
  if (!pool || !configured) throw new Error("no pool");
  const limited = { ...pool, nodes: [{ ...configured, maxInFlight: 2 }] };
  server.applyConfig({ revision: 2, document: { ...config.document, pools: [limited] } });
  const asked = Array.from({ length: 6 }, () => request(url));
  const line = server.poolState(poolId)?.line;
  await vi.waitFor(() => expect([held.length, line?.size]).toEqual([2, 4]), { interval: 1 });
  server.applyConfig({ revision: 3, document: config.document });
  // Begun with a measurement at four.
  await vi.waitFor(() => expect([held.length, line?.size]).toEqual([4, 2]), { interval: 1 });
  const off = { ...pool, adaptiveConcurrency: { ...pool.adaptiveConcurrency, enabled: false } };
  server.applyConfig({ revision: 4, document: { ...config.document, pools: [off] } });
  await vi.waitFor(() => expect([held.length, line?.size]).toEqual([6, 0]), { interval: 1 });
  for (const response of held) response.end();
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(6).fill(200));
  expect(server.takeFrame(1_000).nodes[0]?.concurrencyLimit).toBeUndefined();
});
