// A node's limit of requests in flight holds for the whole worker: over four processes, wherever requests arrive.
import http from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, runtimeOf, startNode, startProxy, type TestNode } from "./rig.ts";
import { startWorker } from "./worker-processes.ts";

afterEach(cleanUp);

const PROCESSES = 4;
/** Processes take their time to start where machines are shared. */
const PATIENCE = { timeout: 60_000, interval: 5 };
vi.setConfig({ testTimeout: 120_000 });

/** A node that holds its requests until it is told to answer, and knows how many it had at once at most. */
async function holdingNode() {
  const held: http.ServerResponse[] = [];
  let most = 0;
  const node = await startNode((_request, response) => {
    held.push(response);
    response.on("close", () => {
      const at = held.indexOf(response);
      if (at >= 0) held.splice(at, 1);
    });
    most = Math.max(most, held.length);
  });
  const answerAll = () => {
    for (const response of held.splice(0)) response.end("ok");
  };
  return { node, held, answerAll, most: () => most };
}

const configFor = (node: TestNode, maxInFlight: number, settings: object = {}) =>
  configOf([
    {
      nodes: [{ id: node.id, url: node.url, maxInFlight }],
      maxQueue: 1_000,
      timeouts: { queueMs: 60_000 },
      healthCheck: { enabled: false },
      hedge: { enabled: false, raceConnects: false },
      ...settings,
    },
  ]);

/** Lets the node answer whatever it has until `done` is. */
async function answeringUntil<T>(done: Promise<T>, answer: () => void): Promise<T> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  done.then(end, end);
  while (!isOver) {
    answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return done;
}

const agent = () => new http.Agent({ keepAlive: true, maxSockets: 200 });
const times = <T>(count: number, make: (i: number) => Promise<T>) => Array.from({ length: count }, (_, i) => make(i));

test("one process uses all slots, another gets its fair part of them at once, and they are never exceeded", async () => {
  const { node, held, answerAll, most } = await holdingNode();
  const { urls } = await startWorker(PROCESSES, configFor(node, 10));
  const ask = (i: number) => request(urls[i] as string, { agent: agent() });
  const first = times(30, () => ask(2));
  await vi.waitFor(() => expect(held).toHaveLength(10), PATIENCE);
  const second = times(30, () => ask(1));
  const all = await answeringUntil(Promise.all([...first, ...second]), answerAll);
  expect(all.every(({ status }) => status === 200)).toBe(true);
  expect(most()).toBeLessThanOrEqual(10 + PROCESSES - 1);
});

test("where there are fewer slots than processes, all are served in turn", async () => {
  const { node, held, most } = await holdingNode();
  const { urls } = await startWorker(PROCESSES, configFor(node, 1));
  const served = [0, 0, 0, 0];
  let isOver = false;
  const busy = agent();
  const load = async (i: number) => {
    while (!isOver) {
      await request(urls[i] as string, { agent: busy });
      (served[i] as number)++;
    }
  };
  const loads = Promise.all([0, 1, 2, 3, 0, 1, 2, 3].map(load));
  const answering = answeringUntil(loads, () => void held.shift()?.end("ok"));
  await vi.waitFor(() => expect(Math.min(...served)).toBeGreaterThan(5), PATIENCE);
  isOver = true;
  await answering;
  // A process that control has not answered within 50 ms, on a busy machine say, lets one in by itself.
  expect(most()).toBeLessThanOrEqual(PROCESSES);
});

test("the slots of a process that is killed are there for the others", async () => {
  const { node, held, answerAll } = await holdingNode();
  const { urls, children } = await startWorker(PROCESSES, configFor(node, 6));
  const lost = times(6, () => request(urls[0] as string, { agent: agent() }).catch(() => null));
  await vi.waitFor(() => expect(held).toHaveLength(6), PATIENCE);
  const waiting = times(6, () => request(urls[3] as string, { agent: agent() }));
  children[0]?.kill("SIGKILL");
  await Promise.all(lost);
  await vi.waitFor(() => expect([node.hits, held.length]).toEqual([12, 6]), PATIENCE);
  answerAll();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(6).fill(200));
});

test("without control each keeps what it holds, one slot at least, and all is shared again once it is back", async () => {
  const { node, held, answerAll, most } = await holdingNode();
  const { urls, startControl, stopControl } = await startWorker(PROCESSES, configFor(node, 4));
  const hog = times(8, () => request(urls[0] as string, { agent: agent() }));
  await vi.waitFor(() => expect(held).toHaveLength(4), PATIENCE);
  await stopControl();
  const others = [1, 2, 3].flatMap((i) => times(2, () => request(urls[i] as string, { agent: agent() })));
  // One more for each process that held none: no request stands still because control is dead.
  await vi.waitFor(() => expect(held).toHaveLength(7), PATIENCE);
  await startControl();
  const all = await answeringUntil(Promise.all([...hog, ...others]), answerAll);
  expect(all.every(({ status }) => status === 200)).toBe(true);
  expect(most()).toBeLessThanOrEqual(4 + PROCESSES);
  // Shared again: one of them can have them all.
  const again = times(4, () => request(urls[1] as string, { agent: agent() }));
  await vi.waitFor(() => expect(held).toHaveLength(4), PATIENCE);
  answerAll();
  await Promise.all(again);
});

test("a node that warms up takes the same part of its limit as of its weight", async () => {
  const { node, held, answerAll } = await holdingNode();
  const { server, url } = await startProxy(configFor(node, 10, { warmUp: { windowMs: 86_400_000, startRatio: 0.21 } }));
  const warmUp = { startedMs: Date.now(), cause: "manual" as const };
  server.applyNodes([runtimeOf(node.id, { warmUp })]);
  const all = times(12, () => request(url, { agent: agent() }));
  await vi.waitFor(() => expect(server.nodeState(node.id)?.pool.line.size).toBe(9), PATIENCE);
  expect(held).toHaveLength(3);
  server.applyNodes([runtimeOf(node.id, { warmUp: null })]);
  await vi.waitFor(() => expect(held).toHaveLength(10), PATIENCE);
  await answeringUntil(Promise.all(all), answerAll);
});
