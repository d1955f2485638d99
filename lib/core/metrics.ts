// Measurements as people read them: rates, ratios and percentiles, computed from counts and merged histograms only.
import type { Counts, LiveFigures, MetricFrame, MetricPoint } from "#lib/contracts/metrics.ts";
import type { LiveTick } from "#lib/contracts/views.ts";
import { mergeAllCounts, mergeFrames, successRatio } from "./counts.ts";
import { quantileUs } from "./histogram.ts";

/** Span of a MetricFrame. */
export const FRAME_MS = 1_000;

/** Chart point of what was counted in `spanMs` of measured time. Without requests the rate is 0 and ratios are null. */
export function toPoint(
  atMs: number,
  counts: Counts,
  spanMs: number,
  gauges: { inFlight: number | null; queued: number | null },
): MetricPoint {
  return {
    atMs,
    requestsPerSecond: perSecond(counts.requests, spanMs),
    successRatio: successRatio(counts),
    p50Ms: quantileMs(counts, 0.5),
    p90Ms: quantileMs(counts, 0.9),
    p99Ms: quantileMs(counts, 0.99),
    successesPerSecond: perSecond(counts.successes, spanMs),
    failuresPerSecond: perSecond(counts.failures, spanMs),
    ...gauges,
  };
}

/** Chart point of a time that was not measured: a gap, never zero. */
export const emptyPoint = (atMs: number): MetricPoint => ({
  atMs,
  requestsPerSecond: null,
  successRatio: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  successesPerSecond: null,
  failuresPerSecond: null,
  inFlight: null,
  queued: null,
});

/** Live figures from every worker's frame of the same second. Throws RangeError without frames. */
export function toLiveTick(frames: readonly MetricFrame[]): LiveTick {
  const { atMs, pools, nodes, routes = [], own = [] } = mergeFrames(frames);
  const total = figures(mergeAllCounts(pools), {
    inFlight: pools.reduce((sum, pool) => sum + pool.inFlight, 0),
    queued: pools.reduce((sum, pool) => sum + pool.queued, 0),
  });
  return {
    atMs,
    total,
    pools: pools.map((pool) => ({
      id: pool.poolId,
      ...figures(pool, pool),
      share: null,
      ...(pool.queues && { queues: pool.queues }),
    })),
    nodes: nodes.map((node) => ({
      id: node.nodeId,
      ...figures(node, { inFlight: node.inFlight, queued: 0 }),
      share: node.share,
      reason: node.reason,
      concurrencyLimit: node.concurrencyLimit,
    })),
    ...(routes.length > 0 && { routes }),
    ...(own.length > 0 && { own }),
  };
}

const figures = (
  counts: Counts,
  gauges: { inFlight: number; queued: number },
): Omit<LiveFigures, "id" | "share" | "reason" | "queues" | "concurrencyLimit"> => ({
  requestsPerSecond: perSecond(counts.requests, FRAME_MS),
  successRatio: successRatio(counts),
  p50Ms: quantileMs(counts, 0.5),
  p99Ms: quantileMs(counts, 0.99),
  inFlight: gauges.inFlight,
  queued: gauges.queued,
  failuresPerSecond: perSecond(counts.failures, FRAME_MS),
});

const perSecond = (count: number, spanMs: number): number => (count * 1_000) / spanMs;

function quantileMs(counts: Counts, q: number): number | null {
  const us = quantileUs(counts.latencyUs, q);
  return us === null ? null : us / 1_000;
}
