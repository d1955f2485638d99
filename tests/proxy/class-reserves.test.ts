// Slots of nodes that are kept for a class: lower ones cannot fill a node, however many they are.
import type http from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, proxyFor, startNode, startProxy } from "./rig.ts";
import { startWorker } from "./worker-processes.ts";

afterEach(cleanUp);

const SOON = { interval: 1 };
const classes = [
  { name: "gold", pathPrefixes: ["/gold"], reservedRatio: 0.25 },
  { name: "silver", pathPrefixes: ["/silver"], reservedRatio: 0.25 },
];

async function rig(limit: object, more: object = {}) {
  const held = new Map<string, http.ServerResponse[]>();
  const of = (kind: string) => held.get(kind) ?? [];
  const node = await startNode((asked, answer) => {
    const kind = asked.url?.split("/")[1] ?? "";
    held.set(kind, [...of(kind), answer]);
  });
  const pool = { nodes: [{ id: node.id, url: node.url, ...limit }], classes, hedge: { enabled: false }, ...more };
  const config = configOf([pool]);
  const counts = () => ["gold", "silver", "low"].map((kind) => of(kind).length);
  const endOne = (kind: string) =>
    of(kind)
      .find((answer) => !answer.writableEnded)
      ?.end();
  const endAll = () => {
    for (const answers of held.values()) for (const answer of answers) answer.end();
  };
  return { node, config, counts, endOne, endAll };
}

test.each([
  ["of a node's own limit", { maxInFlight: 8 }, {}],
  ["of the limit that is found out", {}, { adaptiveConcurrency: { enabled: true, minLimit: 8, maxLimit: 8 } }],
])("a share %s is kept for each class, and for those above it", async (_what, limit, more) => {
  const { node, config, counts, endOne, endAll } = await rig(limit, more);
  const { url, server } = await startProxy(config);
  const line = server.poolState(config.document.pools[0]?.id as string)?.line;
  const asked: Promise<{ status: number }>[] = [];
  const ask = (kind: string, count: number) => {
    for (let i = 0; i < count; i++) asked.push(request(`${url}/${kind}`));
  };
  ask("low", 10);
  await vi.waitFor(() => expect([counts(), line?.size]).toEqual([[0, 0, 4], 6]), SOON);
  ask("silver", 10);
  await vi.waitFor(() => expect([counts(), line?.size]).toEqual([[0, 2, 4], 14]), SOON);
  // High ones come when low ones have taken all that they get: they wait for none of them.
  ask("gold", 2);
  await vi.waitFor(() => expect(counts()).toEqual([2, 2, 4]), SOON);
  ask("gold", 1);
  await vi.waitFor(() => expect(line?.size).toBe(15), SOON);
  endOne("low");
  await vi.waitFor(() => expect(counts()).toEqual([3, 2, 4]), SOON);
  // Seven left of eight: silver may use six, the others four.
  endOne("low");
  await vi.waitFor(() => expect(server.nodeState(node.id)?.inFlight).toBe(7), SOON);
  expect(counts()).toEqual([3, 2, 4]);
  endOne("low");
  endOne("gold");
  await vi.waitFor(() => expect(counts()).toEqual([3, 3, 4]), SOON);
  await vi.waitFor(
    () => {
      endAll();
      expect(counts()).toEqual([3, 10, 10]);
    },
    { interval: 1, timeout: 10_000 },
  );
  endAll();
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(23).fill(200));
});

test("one slot is left to each class at least, and what has no limit is never full", async () => {
  const { config, counts, endAll } = await rig({ maxInFlight: 1 });
  const { url } = await startProxy(config);
  const low = request(`${url}/low`);
  await vi.waitFor(() => expect(counts()).toEqual([0, 0, 1]), SOON);
  endAll();
  expect((await low).status).toBe(200);
  const free = await startNode();
  const unlimited = await proxyFor([free], { classes });
  expect((await request(`${unlimited.url}/low`)).status).toBe(200);
});

test("over four processes the share is free for whoever it is kept for, in any of them", async () => {
  const { node, config, counts, endAll } = await rig(
    { maxInFlight: 16 },
    { healthCheck: { enabled: false }, timeouts: { queueMs: 60_000 } },
  );
  const { urls } = await startWorker(4, config);
  const asked: Promise<{ status: number }>[] = [];
  const ask = (kind: string, count: number) => {
    for (let i = 0; i < count; i++) asked.push(request(`${urls[i % 4]}/${kind}`));
  };
  const patience = { timeout: 60_000, interval: 5 };
  ask("low", 40);
  await vi.waitFor(() => expect(counts()[2]).toBeGreaterThanOrEqual(8), patience);
  ask("gold", 4);
  await vi.waitFor(() => expect(counts()[0]).toBe(4), patience);
  // Eight, and one a process more at most.
  expect(counts()[2]).toBeLessThanOrEqual(12);
  expect(node.hits).toBeLessThanOrEqual(16);
  await vi.waitFor(
    () => {
      endAll();
      expect(counts()).toEqual([4, 0, 40]);
    },
    { ...patience, interval: 20 },
  );
  endAll();
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(44).fill(200));
}, 120_000);
