// What holds for the whole worker of breakers and ejections: over four processes.
import http from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, startNode } from "./rig.ts";
import { startWorker } from "./worker-processes.ts";

afterEach(cleanUp);

const PROCESSES = 4;
const PATIENCE = { timeout: 60_000, interval: 5 };
vi.setConfig({ testTimeout: 120_000 });

const QUIET = { healthCheck: { enabled: false }, hedge: { enabled: false, raceConnects: false } };

test("a breaker that a sibling's trials close is told as closed by the process that made none, too", async () => {
  let isSick = true;
  const node = await startNode((_request, response) => {
    response.statusCode = isSick ? 500 : 200;
    response.end();
  });
  const pool = {
    nodes: [{ id: node.id, url: node.url }],
    breaker: { minimumRequests: 1, openMs: 100, maxOpenMs: 100, halfOpenRequests: 2 },
    ejection: { enabled: false },
    retry: { maxRetries: 0 },
  };
  const { urls, passive } = await startWorker(2, configOf([{ ...QUIET, ...pool }]));
  const [busy, idle] = urls as [string, string];
  const told = (process: number) => passive.get(process)?.get(node.id)?.breaker.state;
  await request(busy);
  // Its own time came, and it said so.
  await vi.waitFor(() => expect(told(1)).toBe("half-open"), PATIENCE);
  isSick = false;
  await vi.waitFor(async () => expect((await request(busy)).status).toBe(200), PATIENCE);
  await vi.waitFor(async () => {
    await request(busy);
    expect(told(0)).toBe("closed");
  }, PATIENCE);
  await vi.waitFor(() => expect(told(1)).toBe("closed"), PATIENCE);
  expect((await request(idle)).status).toBe(200);
});

test("a half-open breaker tries a node out with as many requests as set, and one a process more at most", async () => {
  const trials: http.ServerResponse[] = [];
  let isSick = true;
  const node = await startNode((_request, response) => {
    if (!isSick) {
      trials.push(response);
      return;
    }
    response.statusCode = 500;
    response.end();
  });
  const breaker = { minimumRequests: 1, openMs: 1_000, halfOpenRequests: 3 };
  const pool = {
    nodes: [{ id: node.id, url: node.url }],
    breaker,
    ejection: { enabled: false },
    retry: { maxRetries: 0 },
  };
  const { urls } = await startWorker(PROCESSES, configOf([{ ...QUIET, ...pool }]));
  const ask = (i: number) => request(urls[i % PROCESSES] as string);
  await ask(0);
  await vi.waitFor(async () => expect((await ask(1)).status).toBe(503), PATIENCE);
  await vi.waitFor(async () => expect((await ask(2)).status).toBe(503), PATIENCE);
  await vi.waitFor(async () => expect((await ask(3)).status).toBe(503), PATIENCE);
  isSick = false;
  // As often as they like, all of them ask; whoever has no permit is refused at once.
  let refused = 0;
  const asking: Promise<unknown>[] = [];
  const askAll = () => {
    for (let i = 0; i < PROCESSES; i++) asking.push(ask(i).then(({ status }) => (status === 503 ? refused++ : status)));
  };
  await vi.waitFor(() => {
    askAll();
    expect(trials.length).toBeGreaterThanOrEqual(PROCESSES);
  }, PATIENCE);
  const before = refused;
  askAll();
  askAll();
  await vi.waitFor(() => expect(refused).toBeGreaterThanOrEqual(before + 2 * PROCESSES), PATIENCE);
  expect(trials.length).toBeLessThanOrEqual(3 + PROCESSES);
  for (const trial of trials) trial.end();
  await Promise.all(asking);
});

/** Four processes, and a node that answers 500 until it is well; the breaker is open at all of them. */
async function openedEverywhere(halfOpenRequests: number) {
  let isSick = true;
  const node = await startNode((_request, response) => {
    response.statusCode = isSick ? 500 : 200;
    response.end();
  });
  const breaker = { minimumRequests: 1, openMs: 1_000, halfOpenRequests };
  const pool = { nodes: [{ id: node.id, url: node.url }], breaker, ejection: { enabled: false } };
  const config = configOf([{ ...QUIET, ...pool, retry: { maxRetries: 0 } }]);
  const { urls, passive } = await startWorker(PROCESSES, config);
  const ask = async (process: number) => (await request(urls[process] as string)).status;
  await ask(0);
  for (let process = 1; process < PROCESSES; process++)
    await vi.waitFor(async () => expect(await ask(process)).toBe(503), PATIENCE);
  isSick = false;
  const before = node.hits;
  const passes = async (process: number) => vi.waitFor(async () => expect(await ask(process)).toBe(200), PATIENCE);
  const trialsPassed = (process: number) => passive.get(process)?.get(node.id)?.trialsPassed;
  const trials = () => node.hits - before;
  return { urls, ask, passes, trials, trialsPassed };
}

test("a half-open breaker closes once as many trials as set have passed over all processes", async () => {
  const { ask, passes, trials, trialsPassed } = await openedEverywhere(4);
  for (const process of [0, 1, 2]) {
    await passes(process);
    await vi.waitFor(() => expect(trialsPassed(process)).toBe(1), PATIENCE);
  }
  // Three of four: it is half-open at all of them, and lets one more through.
  expect(trials()).toBe(3);
  await passes(3);
  for (const process of [0, 1, 2, 3]) await passes(process);
  const before = trials();
  expect(await Promise.all([0, 1, 2, 3, 0, 1, 2, 3].map(ask))).toEqual(Array(8).fill(200));
  expect(trials()).toBe(before + 8);
});

test("a process that alone has requests closes it for all, with as many trials", async () => {
  const { ask, passes, trials } = await openedEverywhere(4);
  await passes(0);
  for (let i = 0; i < 3; i++) expect(await ask(0)).toBe(200);
  expect(trials()).toBe(4);
  for (const process of [1, 2, 3]) await passes(process);
  expect(await Promise.all([1, 2, 3, 1, 2, 3].map(ask))).toEqual(Array(6).fill(200));
});

test("ejections of all processes count towards the cap, and no more of the pool stays out than may be", async () => {
  const nodes = await Promise.all(
    [0, 1, 2, 3].map(() =>
      startNode((_request, response) => {
        response.statusCode = 500;
        response.end();
      }),
    ),
  );
  const ejection = { consecutiveFailures: 2, baseEjectionMs: 600_000, maxEjectedRatio: 0.5 };
  const { urls, passive } = await startWorker(
    PROCESSES,
    configOf([
      {
        ...QUIET,
        nodes: nodes.map(({ id, url }) => ({ id, url })),
        ejection,
        breaker: { enabled: false },
        retry: { maxRetries: 0 },
        panicThreshold: 0,
      },
    ]),
  );
  // All nodes fail at every process at the same time.
  const busy = new http.Agent({ keepAlive: true, maxSockets: 50 });
  await Promise.all(Array.from({ length: 160 }, (_, i) => request(urls[i % PROCESSES] as string, { agent: busy })));
  const outAt = (process: number) =>
    nodes.filter(({ id }) => passive.get(process)?.get(id)?.ejection.state === "ejected").length;
  await vi.waitFor(() => {
    const out = new Set(
      [...passive.values()].flatMap((facts) =>
        [...facts.values()].flatMap(({ nodeId, ejection: now }) => (now.state === "ejected" ? [nodeId] : [])),
      ),
    );
    expect(out.size).toBe(2);
  }, PATIENCE);
  for (let process = 0; process < PROCESSES; process++) expect(outAt(process)).toBeLessThanOrEqual(2);
  // Who is out at one is out at all: requests meet the other two only.
  const hits = () => nodes.map((node) => node.hits);
  const before = hits();
  await Promise.all(Array.from({ length: 40 }, (_, i) => request(urls[i % PROCESSES] as string, { agent: busy })));
  busy.destroy();
  expect(hits().filter((count, i) => count > (before[i] as number))).toHaveLength(2);
});
