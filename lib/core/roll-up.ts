// Roll-ups: one-second frames become spans of 10 s, those of 1 min, those of 1 h. Counts and histograms are summed, gauges
// keep their highest value. A span is known by its start, aligned to its length; a frame, as it is sent, by its end.
import { type Counts, METRIC_RESOLUTIONS, type MetricFrame, type MetricResolution } from "#lib/contracts/metrics.ts";
import { groupBy, mergeAllCounts } from "./counts.ts";

/** How long each resolution is kept, unless RetentionSettings say otherwise. */
export const METRIC_RETENTION_MS = {
  "1s": 10 * 60_000,
  "10s": 6 * 3_600_000,
  "1m": 7 * 86_400_000,
  "1h": 396 * 86_400_000,
} as const satisfies Record<MetricResolution, number>;

/** What one pool or node did in one span, on one worker. */
export interface RollUp {
  scope: "pool" | "node";
  targetId: string;
  poolId: string;
  /** Start of the span. */
  atMs: number;
  counts: Counts;
  inFlightMax: number;
  /** Always 0 for a node: requests wait for a pool. */
  queuedMax: number;
}

/** Start of the span of `spanMs` that an instant falls into. */
export const spanStartMs = (atMs: number, spanMs: number): number => Math.floor(atMs / spanMs) * spanMs;

/** One worker's frames as spans of the resolution: one for each pool and node in each span that has a frame. */
export function rollUpFrames(frames: readonly MetricFrame[], resolution: MetricResolution): RollUp[] {
  return rollUp(frames.flatMap(partsOf), resolution);
}

/** Finer roll-ups of one worker as spans of a coarser resolution. */
export function rollUp(parts: readonly RollUp[], resolution: MetricResolution): RollUp[] {
  const spanMs = METRIC_RESOLUTIONS[resolution];
  const spans = groupBy(parts, (part) => `${part.scope} ${part.targetId} ${spanStartMs(part.atMs, spanMs)}`);
  return spans.map((group) => {
    const { scope, targetId, poolId, atMs } = group.at(-1) as RollUp;
    return {
      scope,
      targetId,
      poolId,
      atMs: spanStartMs(atMs, spanMs),
      counts: mergeAllCounts(group.map((part) => part.counts)),
      inFlightMax: Math.max(...group.map((part) => part.inFlightMax)),
      queuedMax: Math.max(...group.map((part) => part.queuedMax)),
    };
  });
}

function partsOf(frame: MetricFrame): RollUp[] {
  const atMs = frame.atMs - METRIC_RESOLUTIONS["1s"];
  const pools = frame.pools.map(({ poolId, inFlight, queued, ...counts }): RollUp => {
    return {
      scope: "pool",
      targetId: poolId,
      poolId,
      atMs,
      counts,
      inFlightMax: inFlight,
      queuedMax: queued,
    };
  });
  const nodes = frame.nodes.map(({ nodeId, poolId, inFlight, share: _, unfit: _unfit, ...counts }): RollUp => {
    return { scope: "node", targetId: nodeId, poolId, atMs, counts, inFlightMax: inFlight, queuedMax: 0 };
  });
  return [...pools, ...nodes];
}
