// Which windows the rules need, and which stored spans they are made of.
import { metricsIn, parseExpression } from "#lib/contracts/alert-expression.ts";
import { ALERT_METRICS, type MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { AlertCondition } from "#lib/contracts/config/alert-rule.ts";
import { needsLatency } from "./figures.ts";

export interface NeededWindow {
  readonly of: MetricSubject;
  readonly windowMs: number;
  readonly withLatency: boolean;
}
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Spans of ten seconds are kept for six hours, of a minute for a week: a window is made of the finest that suit its length. */
export function windowPlan(windowMs: number, nowMs: number) {
  const [resolution, spanMs] =
    windowMs <= HOUR_MS
      ? (["10s", 10_000] as const)
      : windowMs <= DAY_MS
        ? (["1m", 60_000] as const)
        : (["1h", HOUR_MS] as const);
  const toMs = Math.floor(nowMs / spanMs) * spanMs;
  return { resolution, spanMs, fromMs: toMs - Math.ceil(windowMs / spanMs) * spanMs, toMs };
}

/** Windows that a condition looks at. */
export function windowsOf(condition: AlertCondition): NeededWindow[] {
  switch (condition.kind) {
    case "latency":
      return [{ of: condition.of, windowMs: condition.windowMs, withLatency: true }];
    case "error-rate":
      return [{ of: condition.of, windowMs: condition.windowMs, withLatency: false }];
    case "queue-backlog":
      return [{ of: "pool", windowMs: condition.windowMs, withLatency: false }];
    case "slo-burn":
      return condition.windows.flatMap(({ shortMs, longMs }) =>
        [shortMs, longMs].map((windowMs) => ({ of: "pool" as const, windowMs, withLatency: false })),
      );
    case "expression": {
      const { of, windowMs, expression, clear } = condition;
      const parsed = [expression, clear ?? ""].map((text) => parseExpression(text, of));
      return parsed.flatMap((one) =>
        one.ok
          ? metricsIn(one.condition)
              .filter(({ name }) => ALERT_METRICS[name].over === "window")
              .map((metric) => ({ of, windowMs: metric.windowMs ?? windowMs, withLatency: needsLatency(metric.name) }))
          : [],
      );
    }
    default:
      return [];
  }
}

export const windowKey = (of: MetricSubject, windowMs: number): string => `${of} ${windowMs}`;

/** Each window once, with latency when anybody asks for it. */
export function neededWindows(conditions: readonly AlertCondition[]): NeededWindow[] {
  const needed = new Map<string, NeededWindow>();
  for (const window of conditions.flatMap(windowsOf)) {
    const key = windowKey(window.of, window.windowMs);
    const known = needed.get(key);
    needed.set(key, { ...window, withLatency: window.withLatency || (known?.withLatency ?? false) });
  }
  return [...needed.values()];
}
