// Chart series: which stored resolution answers a range, and stored spans as the points of a chart. Rates are over the
// time that was measured, so a worker's absence makes a gap and never a dip.
import {
  METRIC_RESOLUTIONS,
  type MetricFrame,
  type MetricPoint,
  type MetricResolution,
  type MetricsQuery,
} from "#lib/contracts/metrics.ts";
import { emptyCounts, mergeAllCounts } from "./counts.ts";
import { groupBy } from "./group-by.ts";
import { emptyPoint, toPoint } from "./metrics.ts";
import { EVERYTHING, METRIC_RETENTION_MS, type RollUp, rollUpFrames } from "./roll-up.ts";

export const MAX_POINTS = 300;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Steps whose ends people recognise on an axis. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];
const RESOLUTIONS = Object.entries(METRIC_RESOLUTIONS) as [MetricResolution, number][];

export interface SeriesPlan {
  /** Which stored spans to read: those that begin from `fromMs` on and before `toMs`. */
  resolution: MetricResolution;
  stepMs: number;
  fromMs: number;
  toMs: number;
  nowMs: number;
}

/**
 * How to answer a range: the smallest step that gives at most 300 points and is still kept at the range's start, from
 * the coarsest stored resolution that fits into it. `fromMs` and `toMs` are aligned to the step; the last step may be
 * under way, but for seconds, which are stored when they are over.
 * @param retentionMs how long each resolution is kept; 0: it is not to be used
 */
export function planSeries(
  query: Pick<MetricsQuery, "rangeMs" | "toMs">,
  nowMs: number,
  retentionMs: Record<MetricResolution, number> = METRIC_RETENTION_MS,
  maxPoints = MAX_POINTS,
): SeriesPlan {
  const endMs = query.toMs ?? nowMs;
  const ageMs = nowMs - (endMs - query.rangeMs);
  const [, finestMs] = RESOLUTIONS.find(([name]) => ageMs <= retentionMs[name]) ?? ["1h", HOUR];
  const enoughMs = Math.max(finestMs, query.rangeMs / maxPoints);
  const stepMs = STEPS_MS.find((step) => step >= enoughMs) ?? spanOfDays(enoughMs);
  const [resolution] = RESOLUTIONS.findLast(([, span]) => stepMs % span === 0) ?? ["1s"];
  const round = stepMs === SECOND ? Math.floor : Math.ceil;
  const toMs = round(endMs / stepMs) * stepMs;
  return { resolution, stepMs, fromMs: toMs - Math.ceil(query.rangeMs / stepMs) * stepMs, toMs, nowMs };
}

const spanOfDays = (ms: number): number => Math.ceil(ms / (24 * HOUR)) * 24 * HOUR;

/**
 * Points of a series from stored spans of the plan's resolution, of any workers and targets (for `all`: of every pool).
 * One point a step, at the step's end; steps without a span are null.
 */
export function toSeries(plan: SeriesPlan, spans: readonly RollUp[], hasDetail = false): MetricPoint[] {
  const { fromMs, toMs, stepMs } = plan;
  const inRange = spans.filter((span) => span.atMs >= fromMs && span.atMs < toMs);
  const stepOf = (span: RollUp) => Math.floor((span.atMs - fromMs) / stepMs);
  const steps = new Map(groupBy(inRange, stepOf).map((group) => [stepOf(group[0] as RollUp), group]));
  return Array.from({ length: (toMs - fromMs) / stepMs }, (_, at) => {
    const endMs = fromMs + (at + 1) * stepMs;
    const group = steps.get(at);
    return group ? stepPoint(endMs, group, plan, hasDetail) : emptyPoint(endMs, hasDetail);
  });
}

/** Counts are summed over all spans; gauges over what was measured at one instant, then the highest instant is shown. */
function stepPoint(endMs: number, spans: readonly RollUp[], plan: SeriesPlan, hasDetail: boolean): MetricPoint {
  const instants = groupBy(spans, (span) => span.atMs);
  const highest = (of: (span: RollUp) => number) =>
    Math.max(...instants.map((instant) => instant.reduce((sum, span) => sum + of(span), 0)));
  const measuredMs = instants.reduce((sum, [span]) => sum + measuredOf(span as RollUp, plan), 0);
  const knowsConnections = spans.some((span) => span.connectionsMax !== null);
  const gauges = {
    inFlight: highest((span) => span.inFlightMax),
    queued: highest((span) => span.queuedMax),
    connections: knowsConnections ? highest((span) => span.connectionsMax ?? 0) : null,
  };
  return toPoint(endMs, mergeAllCounts(spans.map((span) => span.counts)), measuredMs, gauges, hasDetail);
}

/** The whole range as one point at its end, with its detail. */
export function toTotal(plan: SeriesPlan, spans: readonly RollUp[]): MetricPoint {
  const inRange = spans.filter((span) => span.atMs >= plan.fromMs && span.atMs < plan.toMs);
  return inRange.length === 0 ? emptyPoint(plan.toMs, true) : stepPoint(plan.toMs, inRange, plan, true);
}

/**
 * Spans of what is told of only when it has something to tell, a route or class: at instants when the worker measured and it
 * told nothing, it had nothing. @param measuredMs starts of the spans in which anything was measured
 */
export function withIdle(
  spans: readonly RollUp[],
  measuredMs: Iterable<number>,
  whose: Pick<RollUp, "scope" | "targetId" | "name">,
): RollUp[] {
  const told = new Set(spans.map((span) => span.atMs));
  const idle = [...new Set(measuredMs)].filter((atMs) => !told.has(atMs));
  const none = { inFlightMax: 0, queuedMax: 0, connectionsMax: null };
  return [...spans, ...idle.map((atMs) => ({ ...whose, poolId: EVERYTHING, atMs, counts: emptyCounts(), ...none }))];
}

/** How long after its end a span is stored, at the latest. */
const SETTLE_MS = 2_500;
/** By what a stored span grows: seconds and ten seconds are stored whole, longer ones as far as they have come. */
const PART_MS = { "1s": 1_000, "10s": 10_000, "1m": 10_000, "5m": 60_000, "1h": 60_000, "1d": 3_600_000 } as const;

/** Time that a stored span speaks of: its length or, while it is under way, as much as has been rolled up of it. */
function measuredOf(span: RollUp, { resolution, nowMs }: SeriesPlan): number {
  const partMs = PART_MS[resolution];
  const rolledUpMs = Math.floor((nowMs - SETTLE_MS - span.atMs) / partMs) * partMs;
  return Math.min(METRIC_RESOLUTIONS[resolution], Math.max(partMs, rolledUpMs));
}

/** Spans of one second of what a query is about, from frames of any workers. */
export function spansOfFrames(
  frames: readonly MetricFrame[],
  { scope, id, name = "" }: Pick<MetricsQuery, "scope" | "id" | "name">,
): RollUp[] {
  return frames.flatMap((frame) =>
    rollUpFrames([frame], "1s").filter(
      (span) => span.scope === scope && (scope === "all" || span.targetId === id) && span.name === name,
    ),
  );
}
