// The sample fleet: six real HTTP nodes with the latencies of a small shop, one of them flaky.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export type DemoNode = {
  pool: "demo-orders" | "demo-search";
  name: string;
  weight: number;
  /** Middle of the latency's log-normal distribution, and how wide it is. */
  medianMs: number;
  sigma: number;
  errorRatio: number;
  /** Away for a while, again and again: its port is closed for `awayMs` in every `everyMs`. */
  outage?: { everyMs: number; awayMs: number };
};

export const FLEET: readonly DemoNode[] = [
  { pool: "demo-orders", name: "orders-1", weight: 5, medianMs: 12, sigma: 0.3, errorRatio: 0 },
  { pool: "demo-orders", name: "orders-2", weight: 3, medianMs: 18, sigma: 0.4, errorRatio: 0 },
  { pool: "demo-orders", name: "orders-3", weight: 2, medianMs: 35, sigma: 0.5, errorRatio: 0.001 },
  { pool: "demo-search", name: "search-1", weight: 1, medianMs: 45, sigma: 0.5, errorRatio: 0 },
  { pool: "demo-search", name: "search-2", weight: 1, medianMs: 70, sigma: 0.6, errorRatio: 0.001 },
  {
    pool: "demo-search",
    name: "search-flaky",
    weight: 1,
    medianMs: 60,
    sigma: 0.9,
    errorRatio: 0.03,
    outage: { everyMs: 120_000, awayMs: 25_000 },
  },
];

/** A latency in milliseconds drawn from a log-normal distribution by two numbers from [0, 1) (Box–Muller). */
export function drawLatencyMs(node: Pick<DemoNode, "medianMs" | "sigma">, u1: number, u2: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - u1)) * Math.cos(2 * Math.PI * u2);
  return node.medianMs * Math.exp(node.sigma * normal);
}

/** Starts one node on a free loopback port; `stop` closes it and every connection to it. */
export async function startNode(
  node: DemoNode,
  signal: AbortSignal,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const isProbe = request.url === "/";
    if (!isProbe) await delay(drawLatencyMs(node, Math.random(), Math.random()));
    const failed = !isProbe && Math.random() < node.errorRatio;
    const body = JSON.stringify({ node: node.name, path: request.url, ok: !failed });
    response.writeHead(failed ? 500 : 200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const outage = node.outage && keepFailing(server, port, node.outage, signal);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await outage;
      await close(server);
    },
  };
}

async function keepFailing(server: Server, port: number, outage: NonNullable<DemoNode["outage"]>, signal: AbortSignal) {
  const pause = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  while (!signal.aborted) {
    await pause(outage.everyMs - outage.awayMs);
    if (signal.aborted) return;
    await close(server);
    await pause(outage.awayMs);
    if (!signal.aborted) await listen(server, port);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
