// Rules of alerts over the API, and what one would have done in the past.
import * as z from "zod";
import { ALERT_METRICS, METRIC_SUBJECTS, METRIC_UNITS } from "./alert-metrics.ts";
import { EpochMs, Timestamp } from "./common.ts";
import { AlertRule, RuleKey } from "./config/alert-rule.ts";

export const AlertRuleView = z.strictObject({
  key: z.string(),
  ...AlertRule.shape,
  /** It came with the product: it can be changed and switched off, and removing it makes it as it came. */
  isBuiltIn: z.boolean(),
  isChanged: z.boolean(),
});
export type AlertRuleView = z.infer<typeof AlertRuleView>;
/** A row of the table, for those who write rules. */
export const AlertMetricView = z.strictObject({
  name: z.string(),
  unit: z.enum(METRIC_UNITS),
  of: z.array(z.enum(METRIC_SUBJECTS)),
  over: z.enum(["window", "now"]),
});
export type AlertMetricView = z.infer<typeof AlertMetricView>;

/** Why a rule, or one subject of it, cannot be judged; meanwhile what it found stays as it is. */
export const RULE_FAULTS = [
  /** What it looks at could not be read from the database. */
  "unread",
  /** The expression is none that this version reads. */
  "expression",
  /** Measurements of that pool or node are stored, and cannot be read. */
  "figures-unreadable",
  "certificate-unreadable",
  /** Evaluating it failed. */
  "failed",
] as const;
/** Told of one rule at most. */
export const MAX_RULE_FAULTS = 10;
export const RuleFault = z.strictObject({
  ruleKey: z.string(),
  code: z.enum(RULE_FAULTS),
  /** The subject's name, or what the fault says of itself: of an expression as a code and its values (check-detail.ts). */
  what: z.string(),
});
export type RuleFault = z.infer<typeof RuleFault>;
export const RuleFaultView = RuleFault.extend({ since: Timestamp });
export type RuleFaultView = z.infer<typeof RuleFaultView>;

/** Stored by a newer version: it is not evaluated here, and goes with the next revision that this version publishes. */
export const UnknownRule = z.strictObject({ key: z.string(), kind: z.string(), name: z.string() });
export type UnknownRule = z.infer<typeof UnknownRule>;

export const AlertRuleList = z.strictObject({
  items: z.array(AlertRuleView),
  metrics: z.array(AlertMetricView),
  /** Of the rules in force, as the worker that evaluates them finds. */
  faults: z.array(RuleFaultView),
  /** Of kinds that this version does not know. */
  unknown: z.array(UnknownRule),
});
export type AlertRuleList = z.infer<typeof AlertRuleList>;
export const AlertRuleCreate = z.strictObject({ key: RuleKey, ...AlertRule.shape });

/** The table of figures that expressions may speak of. */
export const METRIC_VIEWS: AlertMetricView[] = Object.entries(ALERT_METRICS).map(([name, { unit, of, over }]) => ({
  name,
  unit,
  of: [...of],
  over,
}));

const DAY_MS = 86_400_000;
export const BackTestInput = z.strictObject({
  rule: AlertRule,
  /** Ending now. */
  rangeMs: z
    .int()
    .min(3_600_000)
    .max(396 * DAY_MS)
    .default(7 * DAY_MS),
});
export type BackTestInput = z.infer<typeof BackTestInput>;

export const BACK_TEST_NOTES = [
  /** Nothing of what it looks at is kept: it can be tried by switching it on only. */
  "no-history",
  /** Of two readings of resources in one span both are known, which came first is not. */
  "reading-order",
  /** Of more than two the highest and the mean are looked at: how long a peak lasted, and the lowest, are not known. */
  "readings-together",
  /** Of workers and the database only what alerts told of is known: what was shorter, or not told of, is not. */
  "told-only",
  /** By the certificates that are there now. */
  "present-certificates",
  /** A window is shorter than the spans that are kept so far back: it was as long as they are. */
  "window-widened",
  /** `for` and the like are known as exactly as the spans that are kept. */
  "coarse",
  /** Of checks only the flips of health are kept: it fired when the pool's own `fall` was reached. */
  "flips-only",
  /** There are more firings than are listed. */
  "cut",
  /** Measurements begin later than the range does. */
  "shorter",
] as const;
export const BackTestFiring = z.strictObject({
  subjectKind: z.string(),
  subjectId: z.string(),
  subjectName: z.string(),
  poolName: z.string(),
  firedMs: EpochMs,
  /** Null: it would fire still. */
  resolvedMs: EpochMs.nullable(),
  reason: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
});
export type BackTestFiring = z.infer<typeof BackTestFiring>;
export const BackTest = z.strictObject({
  fromMs: EpochMs,
  toMs: EpochMs,
  /** What it was tried on: stored spans of this length, flips as they happened, or nothing. */
  resolution: z.enum(["10s", "1m", "1h", "events"]).nullable(),
  /** When what is kept begins; null: nothing is. */
  keptFromMs: EpochMs.nullable(),
  notes: z.array(z.enum(BACK_TEST_NOTES)),
  count: z.int().min(0),
  /** At most 200, the oldest first. */
  firings: z.array(BackTestFiring),
  /** The figure of whoever fired most, the highest of each step; null: it has none. */
  series: z
    .strictObject({
      subjectName: z.string(),
      metric: z.string(),
      limit: z.number(),
      points: z.array(z.tuple([EpochMs, z.number().nullable()])),
    })
    .nullable(),
});
export type BackTest = z.infer<typeof BackTest>;
