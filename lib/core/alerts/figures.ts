// What of a span of time the figures of alert-metrics.ts are computed from, and how. Nothing measured: null, never zero.
import type { AlertMetric } from "#lib/contracts/alert-metrics.ts";
import type { SparseHistogram } from "#lib/contracts/metrics.ts";
import { quantileUs } from "../histogram.ts";

/** Sums over one window, of all workers; gauges are the highest of any instant. */
export interface WindowFigures {
  readonly requests: number;
  readonly successes: number;
  readonly failures: number;
  readonly status4xx: number;
  readonly status5xx: number;
  readonly retries: number;
  readonly aborted: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly inFlightMax: number;
  readonly queuedMax: number;
  /** For how much of the window there are measurements. */
  readonly measuredMs: number;
  /** Empty unless percentiles were asked for. */
  readonly latencyUs: SparseHistogram;
}

/** What is known of a subject as it is. */
export interface NowFigures {
  readonly connectMs: number | null;
  readonly consecutiveFailures: number;
  readonly nodes: number;
  readonly healthyNodes: number;
  /** Of a node: null, or left out, when none are known. */
  readonly resources?: ResourceFigures | null;
}

/** CPU, memory and queue of a node; null: missing, or too old. */
export interface ResourceFigures {
  readonly cpuRatio: number | null;
  readonly memoryRatio: number | null;
  readonly memoryBytes: number | null;
  readonly backlog: number | null;
}

type Compute = (window: WindowFigures) => number | null;
const perSecond =
  (of: (window: WindowFigures) => number): Compute =>
  (window) =>
    window.measuredMs > 0 ? (of(window) * 1_000) / window.measuredMs : null;
const share =
  (of: (window: WindowFigures) => number, whole: (window: WindowFigures) => number): Compute =>
  (window) =>
    whole(window) > 0 ? of(window) / whole(window) : null;
const answered = ({ successes, failures }: WindowFigures): number => successes + failures;
const quantile =
  (q: number): Compute =>
  ({ latencyUs }) => {
    const us = quantileUs(latencyUs, q);
    return us === null ? null : us / 1_000;
  };

const OVER_WINDOW: Partial<Record<AlertMetric, Compute>> = {
  requests: ({ requests }) => requests,
  requests_per_second: perSecond(({ requests }) => requests),
  failures: ({ failures }) => failures,
  failures_per_second: perSecond(({ failures }) => failures),
  error_ratio: share(({ failures }) => failures, answered),
  success_ratio: share(({ successes }) => successes, answered),
  status_4xx_ratio: share(
    ({ status4xx }) => status4xx,
    ({ requests }) => requests,
  ),
  status_5xx_ratio: share(
    ({ status5xx }) => status5xx,
    ({ requests }) => requests,
  ),
  retries_per_second: perSecond(({ retries }) => retries),
  aborted_per_second: perSecond(({ aborted }) => aborted),
  p50_ms: quantile(0.5),
  p90_ms: quantile(0.9),
  p99_ms: quantile(0.99),
  p999_ms: quantile(0.999),
  bytes_in_per_second: perSecond(({ bytesIn }) => bytesIn),
  bytes_out_per_second: perSecond(({ bytesOut }) => bytesOut),
  in_flight: ({ inFlightMax }) => inFlightMax,
  queued: ({ queuedMax }) => queuedMax,
};
const NOW: Partial<Record<AlertMetric, (now: NowFigures) => number | null>> = {
  connect_ms: ({ connectMs }) => connectMs,
  consecutive_failures: ({ consecutiveFailures }) => consecutiveFailures,
  cpu_ratio: ({ resources }) => resources?.cpuRatio ?? null,
  memory_ratio: ({ resources }) => resources?.memoryRatio ?? null,
  memory_bytes: ({ resources }) => resources?.memoryBytes ?? null,
  backlog: ({ resources }) => resources?.backlog ?? null,
  nodes: ({ nodes }) => nodes,
  healthy_nodes: ({ healthyNodes }) => healthyNodes,
  healthy_ratio: ({ nodes, healthyNodes }) => (nodes > 0 ? healthyNodes / nodes : null),
};

/** Figures that need the histogram: reading it is what costs. */
export const needsLatency = (name: AlertMetric): boolean => /^p\d+_ms$/.test(name);

/** Figures of the present, for which no window is read. */
export const isOfNow = (name: AlertMetric): boolean => Object.hasOwn(NOW, name);

/** @param window of the figure's window; null: nothing was measured */
export function figureOf(name: AlertMetric, window: WindowFigures | null, now: NowFigures | null): number | null {
  const atOnce = NOW[name];
  if (atOnce) return now && atOnce(now);
  return window && (OVER_WINDOW[name]?.(window) ?? null);
}
