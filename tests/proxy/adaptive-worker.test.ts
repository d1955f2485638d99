// A node's limit that is found out holds for the worker: over four processes.
import http from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, startNode } from "./rig.ts";
import { startWorker } from "./worker-processes.ts";

afterEach(cleanUp);

const PROCESSES = 4;
const PATIENCE = { timeout: 60_000, interval: 5 };
vi.setConfig({ testTimeout: 120_000 });

const QUIET = { healthCheck: { enabled: false }, hedge: { enabled: false, raceConnects: false } };

test("no more than the limit are at a node from all processes, and all are served", async () => {
  const held: http.ServerResponse[] = [];
  const node = await startNode((_request, response) => void held.push(response));
  const adaptiveConcurrency = { enabled: true, windowMs: 50, minLimit: 6, maxLimit: 6 };
  const pool = { nodes: [{ id: node.id, url: node.url }], adaptiveConcurrency, timeouts: { queueMs: 60_000 } };
  const { urls } = await startWorker(PROCESSES, configOf([{ ...QUIET, ...pool }]));
  const asked = Array.from({ length: 40 }, (_, i) => request(urls[i % PROCESSES] as string));
  await vi.waitFor(() => expect(held).toHaveLength(6), PATIENCE);
  let ended = 0;
  while (ended < 40) {
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(ended), PATIENCE);
    expect(node.hits - ended).toBeLessThanOrEqual(6);
    held[ended++]?.end();
  }
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(40).fill(200));
});

test("the limit grows by what all processes' requests took, and outlives control", async () => {
  let now = 0;
  let most = 0;
  const node = await startNode((_request, response) => {
    now++;
    most = Math.max(most, now);
    setTimeout(() => {
      now--;
      response.end();
    }, 5);
  });
  const adaptiveConcurrency = { enabled: true, windowMs: 50, toleranceRatio: 10, maxLimit: 24, remeasureMs: 600_000 };
  const pool = { nodes: [{ id: node.id, url: node.url }], adaptiveConcurrency, timeouts: { queueMs: 60_000 } };
  const worker = await startWorker(PROCESSES, configOf([{ ...QUIET, ...pool }]));
  const agent = new http.Agent({ keepAlive: true });
  onCleanUp(() => agent.destroy());
  let isOver = false;
  const clients = Array.from({ length: 64 }, async (_, i) => {
    while (!isOver) expect((await request(worker.urls[i % PROCESSES] as string, { agent })).status).toBe(200);
  });
  // Nobody alone has requests for more than sixteen.
  await vi.waitFor(() => expect(most).toBeGreaterThan(20), PATIENCE);
  expect(worker.limitOf(node.id)).toBeLessThanOrEqual(24);
  expect(most).toBeLessThanOrEqual(24);
  await worker.stopControl();
  await worker.startControl();
  await vi.waitFor(() => expect(worker.limitOf(node.id)).toBeGreaterThan(10), PATIENCE);
  isOver = true;
  await Promise.all(clients);
});
