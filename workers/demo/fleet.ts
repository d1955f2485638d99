// The sample fleet: six real HTTP nodes with the latencies of a small shop, one of them flaky.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export type DemoNode = {
  name: string;
  /** Middle of the latency's log-normal distribution, and how wide it is. */
  medianMs: number;
  sigma: number;
  errorRatio: number;
  /** Away for a while, again and again: it ends every connection for the last `awayMs` of every `everyMs`. */
  outage?: { everyMs: number; awayMs: number };
  /** Slow for a while, again and again: `factor` times its latency in the last `forMs` of every `everyMs`. */
  slowness?: { everyMs: number; forMs: number; factor: number };
};

export const FLEET: readonly DemoNode[] = [
  { name: "orders-1", medianMs: 12, sigma: 0.3, errorRatio: 0 },
  { name: "orders-2", medianMs: 18, sigma: 0.4, errorRatio: 0 },
  {
    name: "orders-slow",
    medianMs: 35,
    sigma: 0.5,
    errorRatio: 0.001,
    slowness: { everyMs: 180_000, forMs: 40_000, factor: 12 },
  },
  { name: "search-1", medianMs: 45, sigma: 0.5, errorRatio: 0 },
  { name: "search-2", medianMs: 70, sigma: 0.6, errorRatio: 0.001 },
  {
    name: "search-flaky",
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

/** Whether `elapsedMs` is within the last `lastMs` of a period of `everyMs`. */
export const isInLast = (elapsedMs: number, everyMs: number, lastMs: number): boolean =>
  elapsedMs % everyMs >= everyMs - lastMs;

/** How much slower than usual the node is at `elapsedMs`. */
export const slownessAt = ({ slowness }: DemoNode, elapsedMs: number): number =>
  slowness && isInLast(elapsedMs, slowness.everyMs, slowness.forMs) ? slowness.factor : 1;

/** Starts one node on loopback; `stop` closes it and every connection to it. @param wanted 0: any free port */
export async function startNode(
  node: DemoNode,
  signal: AbortSignal,
  wanted = 0,
): Promise<{ url: string; port: number; stop: () => Promise<void> }> {
  const startedMs = performance.now();
  const server = createServer(async (request, response) => {
    const isProbe = request.url === "/";
    const slowness = slownessAt(node, performance.now() - startedMs);
    if (!isProbe) await delay(slowness * drawLatencyMs(node, Math.random(), Math.random()));
    const failed = !isProbe && Math.random() < node.errorRatio;
    const body = JSON.stringify({ node: node.name, path: request.url, ok: !failed });
    response.writeHead(failed ? 500 : 200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
  await listen(server, wanted);
  if (node.outage) keepFailing(server, node.outage, signal);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, stop: () => close(server) };
}

/** The port stays bound, or somebody else could get it and the traffic that is meant for the node. */
async function keepFailing(server: Server, outage: NonNullable<DemoNode["outage"]>, signal: AbortSignal) {
  let isAway = false;
  server.on("connection", (socket) => isAway && socket.resetAndDestroy());
  const pause = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
  while (!signal.aborted) {
    await pause(outage.everyMs - outage.awayMs);
    if (signal.aborted) return;
    isAway = true;
    server.closeAllConnections();
    await pause(outage.awayMs);
    isAway = false;
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
