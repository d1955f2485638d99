// The figures that rules of alerts may speak of: one table. Who adds a figure adds a row here, and how it is computed in
// lib/core/alerts/figures.ts.

/** What a figure is counted in: `ratio` is 0–1. */
export const METRIC_UNITS = ["ms", "ratio", "count", "per-second", "bytes-per-second", "bytes"] as const;
export type MetricUnit = (typeof METRIC_UNITS)[number];
export const METRIC_SUBJECTS = ["pool", "node"] as const;
export type MetricSubject = (typeof METRIC_SUBJECTS)[number];

export interface MetricEntry {
  readonly unit: MetricUnit;
  readonly of: readonly MetricSubject[];
  /** `window`: over a span of time; `now`: as it is. What is only known now has no history to test a rule on. */
  readonly over: "window" | "now";
}

const BOTH = METRIC_SUBJECTS;
export const ALERT_METRICS = {
  requests: { unit: "count", of: BOTH, over: "window" },
  requests_per_second: { unit: "per-second", of: BOTH, over: "window" },
  failures: { unit: "count", of: BOTH, over: "window" },
  failures_per_second: { unit: "per-second", of: BOTH, over: "window" },
  error_ratio: { unit: "ratio", of: BOTH, over: "window" },
  success_ratio: { unit: "ratio", of: BOTH, over: "window" },
  status_4xx_ratio: { unit: "ratio", of: BOTH, over: "window" },
  status_5xx_ratio: { unit: "ratio", of: BOTH, over: "window" },
  retries_per_second: { unit: "per-second", of: BOTH, over: "window" },
  aborted_per_second: { unit: "per-second", of: BOTH, over: "window" },
  p50_ms: { unit: "ms", of: BOTH, over: "window" },
  p90_ms: { unit: "ms", of: BOTH, over: "window" },
  p99_ms: { unit: "ms", of: BOTH, over: "window" },
  p999_ms: { unit: "ms", of: BOTH, over: "window" },
  bytes_in_per_second: { unit: "bytes-per-second", of: BOTH, over: "window" },
  bytes_out_per_second: { unit: "bytes-per-second", of: BOTH, over: "window" },
  in_flight: { unit: "count", of: BOTH, over: "window" },
  queued: { unit: "count", of: ["pool"], over: "window" },
  connect_ms: { unit: "ms", of: ["node"], over: "now" },
  consecutive_failures: { unit: "count", of: ["node"], over: "now" },
  /** Of the node's resources; none of what is missing. */
  cpu_ratio: { unit: "ratio", of: ["node"], over: "now" },
  memory_ratio: { unit: "ratio", of: ["node"], over: "now" },
  memory_bytes: { unit: "bytes", of: ["node"], over: "now" },
  backlog: { unit: "count", of: ["node"], over: "now" },
  nodes: { unit: "count", of: ["pool"], over: "now" },
  healthy_nodes: { unit: "count", of: ["pool"], over: "now" },
  healthy_ratio: { unit: "ratio", of: ["pool"], over: "now" },
} as const satisfies Record<string, MetricEntry>;
export type AlertMetric = keyof typeof ALERT_METRICS;

export const isAlertMetric = (name: string): name is AlertMetric => Object.hasOwn(ALERT_METRICS, name);
