// Who had most of something over a range: which stored spans tell it, and in which order. Spans as long as a sixth of the range
// are exact enough to rank by, and keep the rows of a thousand nodes to some thousands.
import type { TopBy } from "#lib/contracts/metric-top.ts";
import { METRIC_RESOLUTIONS, type MetricResolution } from "#lib/contracts/metrics.ts";
import { mergeAllSparse, quantileUs } from "./histogram.ts";
import { spanStartMs } from "./roll-up.ts";
import type { SeriesPlan } from "./series.ts";

const RANKED: Exclude<MetricResolution, "1s">[] = ["1d", "1h", "5m", "1m", "10s"];
const LEAST_SPANS = 6;
/** Of fewer requests a P99 says nothing. */
export const LEAST_REQUESTS = 20;

/**
 * Plans that tell a range, the coarsest first: one of longer spans may find nothing where there was nothing to roll up yet.
 * @param retentionMs how long each resolution is kept
 */
export function planTop(
  { rangeMs, toMs }: { rangeMs: number; toMs?: number | undefined },
  nowMs: number,
  retentionMs: Record<MetricResolution, number>,
): SeriesPlan[] {
  const endMs = toMs ?? nowMs;
  const startMs = endMs - rangeMs;
  const kept = RANKED.filter((name) => nowMs - startMs <= retentionMs[name]);
  const fitting = kept.filter((name) => METRIC_RESOLUTIONS[name] * LEAST_SPANS <= rangeMs);
  return (fitting.length > 0 ? fitting : kept.slice(-1)).map((resolution) => {
    const fromMs = spanStartMs(startMs, METRIC_RESOLUTIONS[resolution]);
    return { resolution, stepMs: endMs - fromMs, fromMs, toMs: endMs, nowMs };
  });
}

export type Ranked = { targetId: string; name: string; poolId: string };
export type Sums = Ranked & {
  requests: number;
  failures: number;
  /** Encoded by histogram.ts and decoded; only by P99. */
  latencies: readonly { i: number[]; n: number[] }[];
};

/** The first of them, the most first; those that had nothing of it are none. */
export function rankTop(sums: readonly Sums[], by: TopBy, limit: number): Ranked[] {
  const value = (one: Sums): number => {
    if (by === "requests") return one.requests;
    if (by === "errors") return one.failures;
    return one.requests < LEAST_REQUESTS ? 0 : (quantileUs(mergeAllSparse(one.latencies), 0.99) ?? 0);
  };
  return sums
    .map((one) => ({ one, value: value(one) }))
    .filter((each) => each.value > 0)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, limit)
    .map(({ one: { targetId, name, poolId } }) => ({ targetId, name, poolId }));
}
