// Measurements as people read them: rates, ratios and percentiles, computed from counts and merged histograms only.
import type {
  Counts,
  FlowCounts,
  LiveFigures,
  MetricFrame,
  MetricPoint,
  MetricPointDetail,
} from "#lib/contracts/metrics.ts";
import type { LiveTick } from "#lib/contracts/views.ts";
import { mergeAllCounts, mergeFrames, successRatio } from "./counts.ts";
import { groupBy } from "./group-by.ts";
import { meanUs, quantileUs } from "./histogram.ts";

/** Span of a MetricFrame. */
export const FRAME_MS = 1_000;

export type PointGauges = { inFlight: number | null; queued: number | null; connections?: number | null };

/** Chart point of what was counted in `spanMs` of measured time. Without requests the rate is 0 and ratios are null. */
export function toPoint(
  atMs: number,
  counts: Counts,
  spanMs: number,
  gauges: PointGauges,
  hasDetail = false,
): MetricPoint {
  const { inFlight, queued, connections = null } = gauges;
  return {
    atMs,
    requestsPerSecond: perSecond(counts.requests, spanMs),
    successRatio: successRatio(counts),
    meanMs: inMs(meanUs(counts.latencyUs)),
    p50Ms: quantileMs(counts, 0.5),
    p90Ms: quantileMs(counts, 0.9),
    p99Ms: quantileMs(counts, 0.99),
    p999Ms: quantileMs(counts, 0.999),
    successesPerSecond: perSecond(counts.successes, spanMs),
    failuresPerSecond: perSecond(counts.failures, spanMs),
    inFlight,
    queued,
    ...(hasDetail && { detail: toDetail(counts, spanMs, connections) }),
  };
}

function toDetail(counts: Counts, spanMs: number, connections: number | null): MetricPointDetail {
  const { details = {} } = counts;
  const rate = (count = 0) => perSecond(count, spanMs);
  const { status1xx, status2xx, status3xx, status4xx, status5xx } = counts;
  return {
    statusPerSecond: [status1xx, status2xx, status3xx, status4xx, status5xx].map(rate),
    causesPerSecond: Object.fromEntries(Object.entries(details.causes ?? {}).map(([cause, n]) => [cause, rate(n)])),
    retriesPerSecond: rate(counts.retries),
    hedgesPerSecond: rate(details.hedges),
    abortedPerSecond: rate(counts.aborted),
    bytesInPerSecond: rate(counts.bytesIn),
    bytesOutPerSecond: rate(counts.bytesOut),
    connections,
    connectionsOpenedPerSecond: rate(details.connectionsOpened),
    connectionsReusedPerSecond: rate(details.connectionsReused),
    connectionsFailedPerSecond: rate(details.connectionsFailed),
    queueWaitMs: details.waited ? (details.waitedMs ?? 0) / details.waited : null,
    queueRefusedPerSecond: rate(details.queueRefused),
    queueTimedOutPerSecond: rate(details.queueTimedOut),
    ejections: details.ejections ?? 0,
    breakerOpenings: details.breakerOpenings ?? 0,
  };
}

/** Chart point of a time that was not measured: a gap, never zero. */
export const emptyPoint = (atMs: number, hasDetail = false): MetricPoint => ({
  atMs,
  requestsPerSecond: null,
  successRatio: null,
  meanMs: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  p999Ms: null,
  successesPerSecond: null,
  failuresPerSecond: null,
  inFlight: null,
  queued: null,
  ...(hasDetail && { detail: null }),
});

/** Live figures from every worker's frame of the same second. Throws RangeError without frames. */
export function toLiveTick(frames: readonly MetricFrame[]): LiveTick {
  const { atMs, pools, nodes, routes = [], own = [], flows = [] } = mergeFrames(frames);
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
    ...(flows.length > 0 && { flows: flowRates(flows) }),
  };
}

/** By route and pool, whatever the class. */
const flowRates = (flows: readonly FlowCounts[]): LiveTick["flows"] =>
  groupBy(flows, ({ poolId, routeId }) => `${poolId} ${routeId}`).map((same) => {
    const { poolId, routeId } = same[0] as FlowCounts;
    const requests = same.reduce((sum, flow) => sum + flow.requests, 0);
    return { routeId, poolId, requestsPerSecond: perSecond(requests, FRAME_MS) };
  });

const figures = (
  counts: Counts,
  gauges: { inFlight: number; queued: number },
): Omit<LiveFigures, "id" | "share" | "reason" | "queues" | "concurrencyLimit"> => ({
  requestsPerSecond: perSecond(counts.requests, FRAME_MS),
  successRatio: successRatio(counts),
  p50Ms: quantileMs(counts, 0.5),
  p90Ms: quantileMs(counts, 0.9),
  p99Ms: quantileMs(counts, 0.99),
  inFlight: gauges.inFlight,
  queued: gauges.queued,
  failuresPerSecond: perSecond(counts.failures, FRAME_MS),
});

const perSecond = (count: number, spanMs: number): number => (count * 1_000) / spanMs;

const inMs = (us: number | null): number | null => (us === null ? null : us / 1_000);
const quantileMs = (counts: Counts, q: number): number | null => inMs(quantileUs(counts.latencyUs, q));
