// Rules of alerts: what is looked for, how urgent it is, for how long it must hold, and where. They are settings of the whole,
// in revisions like all others. What nobody wrote is there all the same: lib/core/alerts/defaults.ts lies beneath.
import * as z from "zod";
import { MAX_EXPRESSION, parseExpression } from "../alert-expression.ts";
import { METRIC_SUBJECTS } from "../alert-metrics.ts";
import { durationMs, Ratio } from "../common.ts";
import { LabelMatchers } from "./labels.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Of a pool or a node, with `*` for any characters and `?` for one; the whole name, whatever its case. */
export const Glob = z.string().trim().min(1, "must not be empty").max(100, "must have at most 100 characters");

/** How a rule is told apart: the key of one that comes with the product changes that one. */
export const RuleKey = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be 1 to 63 lower-case letters, digits and inner dashes");

const of = z.enum(METRIC_SUBJECTS).default("pool");
const windowMs = durationMs(10_000, DAY_MS).default(60_000);
/** Below so many requests in its window, nothing is known. */
const minimumRequests = z.int().min(1).max(1_000_000).default(20);
const limitMs = z.number().positive().max(HOUR_MS);

export const BurnWindow = z.strictObject({
  /** Both must burn: the short one lets it end soon after the cause is gone. */
  shortMs: durationMs(10_000, DAY_MS),
  longMs: durationMs(60_000, 7 * DAY_MS),
  /** So many times as fast as would use the whole budget up by its end. */
  burnRate: z.number().positive().max(10_000),
});
/** Of the workbook of Google's SREs, for 2 % and 5 % of a month's budget. */
const BURN_WINDOWS = [
  { shortMs: 300_000, longMs: HOUR_MS, burnRate: 14.4 },
  { shortMs: 1_800_000, longMs: 6 * HOUR_MS, burnRate: 6 },
];

const Expression = z.string().trim().min(1, "must not be empty").max(MAX_EXPRESSION);

const conditions = {
  /** Checks that failed in a row, whatever the pool's own `fall` is. */
  "health-check-failed": { failures: z.int().min(1).max(100).default(3) },
  "node-down": {},
  "node-ejected": {},
  "breaker-open": {},
  /** The pool's degrade rule takes weight from a node: its P99 and error rate stand there. */
  "node-degraded": {},
  latency: {
    of,
    percentile: z.union([z.literal(50), z.literal(90), z.literal(99), z.literal(99.9)]).default(99),
    aboveMs: limitMs.default(500),
    /** Ends below this only; null: below `aboveMs`. */
    clearBelowMs: limitMs.nullable().default(null),
    windowMs,
    minimumRequests,
  },
  "error-rate": {
    of,
    aboveRatio: Ratio.default(0.05),
    clearBelowRatio: Ratio.nullable().default(null),
    windowMs,
    minimumRequests,
  },
  "slo-burn": {
    /** Share of requests that must succeed. */
    targetRatio: z.number().min(0.5).max(0.99999).default(0.999),
    windows: z.array(BurnWindow).min(1, "must name a window").max(4).default(BURN_WINDOWS),
    minimumRequests,
  },
  /** Of the health check's TCP level. */
  "connect-time": { aboveMs: limitMs.default(50), clearBelowMs: limitMs.nullable().default(null) },
  /** Fewer usable nodes than this. */
  "pool-healthy": { atLeastNodes: z.int().min(1).max(10_000).default(1) },
  "queue-backlog": {
    above: z.int().min(0).max(10_000_000).default(100),
    clearBelow: z.int().min(1).max(10_000_000).nullable().default(null),
    windowMs,
  },
  "worker-lost": { afterMs: durationMs(10_000, DAY_MS).default(30_000) },
  "database-lost": { afterMs: durationMs(1_000, DAY_MS).default(10_000) },
  "certificate-expiry": { withinDays: z.int().min(1).max(365).default(14) },
  "stale-metrics": { afterMs: durationMs(5_000, DAY_MS).default(30_000) },
  "revision-refused": {},
  /** Told for so long after it was rolled back. */
  "canary-rolled-back": { tellForMs: durationMs(60_000, 7 * DAY_MS).default(HOUR_MS) },
  expression: { of, windowMs, expression: Expression, clear: Expression.nullable().default(null) },
} as const;
export const ALERT_KINDS = Object.keys(conditions) as [AlertKind, ...AlertKind[]];
export type AlertKind = keyof typeof conditions;

const kind = <K extends AlertKind>(name: K) => z.strictObject({ kind: z.literal(name), ...conditions[name] });

export const AlertCondition = z
  .discriminatedUnion("kind", [
    kind("health-check-failed"),
    kind("node-down"),
    kind("node-ejected"),
    kind("breaker-open"),
    kind("node-degraded"),
    kind("latency"),
    kind("error-rate"),
    kind("slo-burn"),
    kind("connect-time"),
    kind("pool-healthy"),
    kind("queue-backlog"),
    kind("worker-lost"),
    kind("database-lost"),
    kind("certificate-expiry"),
    kind("stale-metrics"),
    kind("revision-refused"),
    kind("canary-rolled-back"),
    kind("expression"),
  ])
  .superRefine((condition, ctx) => {
    if (condition.kind !== "expression") return;
    for (const field of ["expression", "clear"] as const) {
      const text = condition[field];
      const parsed = text === null ? null : parseExpression(text, condition.of);
      if (parsed && !parsed.ok)
        ctx.addIssue({ code: "custom", path: [field], message: `at ${parsed.at}: ${parsed.message}` });
    }
  });
export type AlertCondition = z.infer<typeof AlertCondition>;
export type ConditionOf<K extends AlertKind> = Extract<AlertCondition, { kind: K }>;

/** Where a rule holds; an empty list is everywhere. All that are named must fit. */
export const AlertScope = z.strictObject({
  pools: z.array(Glob).max(100).default([]),
  nodes: z.array(Glob).max(100).default([]),
  /** Of pools and nodes; what is about neither has none, and is in no scope that names some. */
  labels: LabelMatchers,
});
export type AlertScope = z.infer<typeof AlertScope>;

export const AlertRule = z.strictObject({
  /** Empty: it is called as its kind is. */
  name: z.string().trim().max(100, "must have at most 100 characters").default(""),
  enabled: z.boolean().default(true),
  /** 1 is the most urgent. */
  level: z.int().min(1).max(4).default(2),
  condition: AlertCondition,
  /** It must hold for so long before it fires, and be gone for so long before it ends. */
  forMs: durationMs(0, DAY_MS).default(0),
  clearForMs: durationMs(0, DAY_MS).default(0),
  /** `pool`: all nodes of a pool that are in it make one alert. */
  groupBy: z.enum(["none", "pool"]).default("none"),
  scope: AlertScope.prefault({}),
});
export type AlertRule = z.infer<typeof AlertRule>;

/** Rules that somebody wrote, or changed, by key. A patch with null removes one, or makes it as it came again. */
export const AlertRules = z.record(RuleKey, AlertRule).default({});
export type AlertRules = z.infer<typeof AlertRules>;
