// How many requests a node may be sent over time: its rate, and its quota.
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LeaseDesk } from "#workers/control/lease-desk.ts";
import { QuotaBook } from "#workers/control/quota-book.ts";
import { cleanUp } from "./clean-up.ts";
import { type Answer, request } from "./clients.ts";
import { configOf, startNode, startProxy } from "./rig.ts";
import { startWorker } from "./worker-processes.ts";

afterEach(cleanUp);

const PROCESSES = 4;
const PATIENCE = { timeout: 60_000, interval: 5 };
vi.setConfig({ testTimeout: 120_000 });

const QUIET = { healthCheck: { enabled: false }, hedge: { enabled: false, raceConnects: false } };
const SLOW_RATE = { requests: 5, windowMs: 3_600_000 };
const MONTHLY = { requests: 10, per: "month" };
const codeOf = ({ body }: Answer) => JSON.parse(body).code;
const good = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200).length;
const times = (count: number, make: (i: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

/** A process on its own, which draws on a control in this process. */
async function drawing(nodes: object[], settings: object = {}) {
  const quotas = new QuotaBook();
  const desk = new LeaseDesk(quotas);
  const poolId = randomUUID();
  const config = configOf([{ ...QUIET, id: poolId, nodes: nodes as [], ...settings }]);
  const proxy: Awaited<ReturnType<typeof startProxy>> = await startProxy(
    config,
    {},
    {
      onLease: (asks) => setImmediate(() => proxy.server.leases.granted(desk.grant("one", asks, performance.now()))),
    },
  );
  proxy.server.leases.connected();
  return { ...proxy, quotas, poolId, config };
}

describe("a node's rate", () => {
  test("that is spent sends requests to the other nodes, and no request fails", async () => {
    const [limited, free] = [await startNode(), await startNode()];
    const nodes = [{ ...limited, rateLimit: SLOW_RATE }, free].map(({ id, url, ...rest }) => ({
      id,
      url,
      ...("rateLimit" in rest && { rateLimit: rest.rateLimit }),
    }));
    const { url } = await startProxy(configOf([{ ...QUIET, nodes }]));
    for (let i = 0; i < 20; i++) expect((await request(url)).status).toBe(200);
    expect([limited.hits, free.hits]).toEqual([5, 15]);
  });
  test("that is spent at all nodes is told at once, with when to come again", async () => {
    const node = await startNode();
    const pool = { ...QUIET, nodes: [{ id: node.id, url: node.url, rateLimit: SLOW_RATE }] };
    const { url, server } = await startProxy(configOf([pool]));
    const answers = await times(8, () => request(url));
    expect(good(answers)).toBe(5);
    const refused = answers.find(({ status }) => status === 503) as Answer;
    expect(codeOf(refused)).toBe("nodes-rate-limited");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(700);
    expect(server.nodeState(node.id)?.reason).toBe("rate-limited");
  });
  test("that is spent for a moment only lets a backup stand in", async () => {
    const [limited, backup] = [await startNode(), await startNode()];
    const { url } = await startProxy(
      configOf([
        {
          ...QUIET,
          nodes: [
            { id: limited.id, url: limited.url, rateLimit: { requests: 10, windowMs: 1_000, burst: 1 } },
            { id: backup.id, url: backup.url, backup: true },
          ],
        },
      ]),
    );
    const answers = await times(20, () => request(url));
    expect(good(answers)).toBe(20);
    expect(limited.hits).toBeLessThan(20);
  });
  test("holds over four processes, wherever requests arrive, and all of it can be had by one", async () => {
    const node = await startNode();
    const rateLimit = { requests: 12, windowMs: 3_600_000 };
    const { urls } = await startWorker(
      PROCESSES,
      configOf([{ ...QUIET, nodes: [{ id: node.id, url: node.url, rateLimit }] }]),
    );
    let served = 0;
    // What others hold unused comes back within half a second.
    await vi.waitFor(async () => {
      served += good(await times(4, () => request(urls[0] as string)));
      expect(served).toBeGreaterThanOrEqual(12 - PROCESSES);
    }, PATIENCE);
    for (let i = 0; i < 8; i++) await times(8, (n) => request(urls[n % PROCESSES] as string));
    expect(node.hits).toBeLessThanOrEqual(12 + PROCESSES);
  });
});

describe("a node's quota", () => {
  test("that is spent sends requests to the other nodes, and the node says so", async () => {
    const [limited, free] = [await startNode(), await startNode()];
    const { url, server } = await drawing([
      { id: limited.id, url: limited.url, quota: MONTHLY },
      { id: free.id, url: free.url },
    ]);
    for (let i = 0; i < 40; i++) expect((await request(url)).status).toBe(200);
    expect(limited.hits).toBe(10);
    await vi.waitFor(() => expect(server.nodeState(limited.id)?.reason).toBe("quota-spent"));
  });
  test("that is spent at all nodes is told at once, with when the next span begins", async () => {
    const node = await startNode();
    const { url, quotas } = await drawing([{ id: node.id, url: node.url, quota: MONTHLY }]);
    const answers = await times(15, () => request(url));
    expect(good(answers)).toBe(10);
    const refused = answers.find(({ status }) => status === 503) as Answer;
    expect(codeOf(refused)).toBe("quotas-spent");
    const [kept] = quotas.keep();
    expect(Number(refused.headers["retry-after"])).toBeCloseTo(((kept?.endMs ?? 0) - Date.now()) / 1_000, -2);
    expect(kept?.used).toBe(10);
  });
  test("lets a request wait for a control that is not there yet, and answers it once it is", async () => {
    const node = await startNode();
    const desk = new LeaseDesk();
    const poolId = randomUUID();
    const config = configOf([{ ...QUIET, id: poolId, nodes: [{ id: node.id, url: node.url, quota: MONTHLY }] }]);
    const proxy: Awaited<ReturnType<typeof startProxy>> = await startProxy(
      config,
      {},
      {
        onLease: (asks) => setImmediate(() => proxy.server.leases.granted(desk.grant("one", asks, performance.now()))),
      },
    );
    const early = request(proxy.url);
    await vi.waitFor(() => expect(proxy.server.poolState(poolId)?.line.size).toBe(1));
    proxy.server.leases.connected();
    expect((await early).status).toBe(200);
  });
  test("counts retries: each request that is sent to the node", async () => {
    const sick = await startNode((_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    const well = await startNode();
    const { url, quotas } = await drawing([
      { id: sick.id, url: sick.url, quota: { requests: 100, per: "month" } },
      { id: well.id, url: well.url },
    ]);
    for (let i = 0; i < 6; i++) expect((await request(url)).status).toBe(200);
    await vi.waitFor(() => expect(quotas.keep()[0]?.used).toBe(sick.hits));
  });
  test("holds over four processes, and survives each of them, and control", async () => {
    const node = await startNode();
    const { urls, children, stopControl, startControl, quotas } = await startWorker(
      PROCESSES,
      configOf([{ ...QUIET, nodes: [{ id: node.id, url: node.url, quota: { requests: 40, per: "month" } }] }]),
    );
    await times(16, (i) => request(urls[i % PROCESSES] as string));
    expect(node.hits).toBe(16);
    children[0]?.kill("SIGKILL");
    await stopControl();
    await startControl();
    const alive = urls.slice(1);
    await vi.waitFor(async () => {
      const answers = await times(12, (i) => request(alive[i % alive.length] as string));
      expect(answers.some((answer) => answer.status === 503 && codeOf(answer) === "quotas-spent")).toBe(true);
      expect(quotas().keep()[0]?.used).toBe(40);
    }, PATIENCE);
    expect(node.hits).toBeLessThanOrEqual(40);
    // What the killed process had in hand is lost: a lot at most.
    expect(node.hits).toBeGreaterThanOrEqual(40 - PROCESSES);
  });
});
