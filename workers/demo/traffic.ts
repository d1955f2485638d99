// Open-loop traffic: requests leave at their due time whether or not earlier ones have been answered, as real clients do.
import { Agent, request } from "undici";

/** Requests per second at `elapsedMs`: a wave of two minutes around `meanPerSecond`, so that the charts have a shape. */
export function ratePerSecond(elapsedMs: number, meanPerSecond: number): number {
  return meanPerSecond * (1 + 0.4 * Math.sin((2 * Math.PI * elapsedMs) / 120_000));
}

export type TrafficCounts = { sent: number; answered: number; failed: number; skipped: number };

const TICK_MS = 20;
/** More than this many unanswered requests and the next are skipped and counted: a demo must not pile up memory. */
const MAX_OPEN = 500;
const PATHS = [
  "/orders/recent",
  "/orders/42",
  "/orders/7/items",
  "/search?q=lamp",
  "/search?q=desk",
  "/search/suggest?q=ch",
];

/** Sends GET requests to `proxyUrl` until the signal; `counts` is kept up to date. Resolves when the last one is settled. */
export async function sendTraffic(
  proxyUrl: string,
  host: string,
  meanPerSecond: number,
  counts: TrafficCounts,
  signal: AbortSignal,
): Promise<void> {
  const agent = new Agent({ connections: 128, bodyTimeout: 10_000, headersTimeout: 10_000 });
  const startedMs = performance.now();
  const open = new Set<Promise<void>>();
  let lastMs = startedMs;
  let due = 0;
  const send = async () => {
    counts.sent++;
    const path = PATHS[Math.floor(Math.random() * PATHS.length)];
    try {
      const answer = await request(`${proxyUrl}${path}`, { dispatcher: agent, headers: { host } });
      await answer.body.dump();
      if (answer.statusCode < 500) counts.answered++;
      else counts.failed++;
    } catch {
      counts.failed++;
    }
  };
  const timer = setInterval(() => {
    const nowMs = performance.now();
    due += (ratePerSecond(nowMs - startedMs, meanPerSecond) * (nowMs - lastMs)) / 1000;
    lastMs = nowMs;
    for (; due >= 1; due--) {
      if (open.size >= MAX_OPEN) {
        counts.skipped++;
        continue;
      }
      const one = send().finally(() => open.delete(one));
      open.add(one);
    }
  }, TICK_MS);
  await new Promise<void>((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  clearInterval(timer);
  await Promise.all(open);
  await agent.close();
}
