// The history of a node's resources as points of a chart: means and maxima over steps; what was not told makes a gap.
import type { MetricResolution } from "#lib/contracts/metrics.ts";
import type { ResourcePoint } from "#lib/contracts/resources.ts";
import { planSeries, type SeriesPlan } from "../series.ts";

/** Sum, so that spans can be added up; `count` is of what was known. */
export interface SpanFigure {
  readonly count: number;
  readonly sum: number;
  readonly max: number | null;
}
export interface ResourceSpan {
  readonly atMs: number;
  readonly cpu: SpanFigure;
  readonly memory: SpanFigure;
  readonly memoryRatio: SpanFigure;
  readonly backlog: SpanFigure;
}
type Query = { readonly rangeMs: number; readonly toMs?: number | undefined };

/** Coarsest first. Figures of requests have others besides. */
const KEPT = [
  ["1h", 3_600_000],
  ["1m", 60_000],
] as const;

/** As for figures of requests, but of the spans that are kept of resources: ten seconds are the finest. */
export function planResources(
  { rangeMs, toMs }: Query,
  nowMs: number,
  retentionMs: Record<MetricResolution, number>,
): SeriesPlan {
  const query = { rangeMs, ...(toMs !== undefined && { toMs }) };
  const plan = planSeries(query, nowMs, { ...retentionMs, "1s": Number.NEGATIVE_INFINITY });
  const [resolution] = KEPT.find(([, spanMs]) => plan.stepMs % spanMs === 0) ?? ["10s"];
  return { ...plan, resolution };
}

/** One point a step, at the step's end. */
export function toResourcePoints(
  { fromMs, toMs, stepMs }: SeriesPlan,
  spans: readonly ResourceSpan[],
): ResourcePoint[] {
  const steps = Map.groupBy(spans, ({ atMs }) => Math.floor((atMs - fromMs) / stepMs));
  return Array.from({ length: (toMs - fromMs) / stepMs }, (_, at) => {
    const group = steps.get(at) ?? [];
    const of = (name: "cpu" | "memory" | "memoryRatio" | "backlog") => group.map((span) => span[name]);
    return {
      atMs: fromMs + (at + 1) * stepMs,
      cpuRatio: meanOf(of("cpu")),
      cpuMaxRatio: maxOf(of("cpu")),
      memoryBytes: meanOf(of("memory")),
      memoryMaxBytes: maxOf(of("memory")),
      memoryRatio: meanOf(of("memoryRatio")),
      backlog: meanOf(of("backlog")),
      backlogMax: maxOf(of("backlog")),
    };
  });
}

function meanOf(figures: readonly SpanFigure[]): number | null {
  const count = figures.reduce((all, figure) => all + figure.count, 0);
  return count === 0 ? null : figures.reduce((all, figure) => all + figure.sum, 0) / count;
}

function maxOf(figures: readonly SpanFigure[]): number | null {
  const known = figures.flatMap(({ max }) => (max === null ? [] : [max]));
  return known.length === 0 ? null : Math.max(...known);
}
