import * as z from "zod";
import { Id, PageQuery, Timestamp } from "./common.ts";
import { ALERT_KINDS, type AlertKind } from "./config/alert-rule.ts";
import { CHECK_LEVELS } from "./config/health-check.ts";
import { LabelMatcherText, Labels } from "./config/labels.ts";

/** What alerts are about; the rules that raise them are configuration (config/alert-rule.ts), several of a kind if need be. */
export const ALERT_RULES = ALERT_KINDS;
export type AlertRule = AlertKind;
/** Of an alert whose rule was of a kind that this version does not know: one of a newer version, before it was taken back. */
export const UNKNOWN_RULE = "unknown";
export const knownRule = (kind: string): AlertRule | typeof UNKNOWN_RULE =>
  (ALERT_RULES as readonly string[]).includes(kind) ? (kind as AlertRule) : UNKNOWN_RULE;

export const MUTING_KINDS = ["silence", "window", "expected"] as const;

/** An alert fires once, stays in the history, and ends by itself when its cause is gone. Level 1 is the most urgent. */
export const Alert = z.strictObject({
  id: Id,
  /** Kind of its rule. */
  rule: z.enum([...ALERT_RULES, UNKNOWN_RULE]),
  /** Which rule of that kind, and the name that it was given; empty: it is called as its kind is. */
  ruleKey: z.string().default(""),
  ruleName: z.string().default(""),
  level: z.int().min(1).max(4),
  state: z.enum(["firing", "resolved"]),
  /** What it is about, and its name as it was when it fired: the history outlives what it speaks of. */
  subjectKind: z.string().default("node"),
  subjectName: z.string().default(""),
  poolId: Id.nullable(),
  nodeId: Id.nullable(),
  poolName: z.string(),
  nodeName: z.string(),
  /** Of the pool or node, as they were when it fired. */
  labels: Labels,
  /** Code of the culprit, e.g. `connect-refused`, and the count that made it fire. */
  reason: z.string(),
  /** The level of the health check that failed; null for what real traffic found. */
  checkLevel: z.enum(CHECK_LEVELS).nullable().default(null),
  /** What was found and what was expected, as a code and its values (check-detail.ts): `http-status found=503 ranges="100–499"`. Empty when the reason says it all; a sentence in rows from before there were codes. */
  detail: z.string().default(""),
  consecutiveFailures: z.int().min(0),
  /** Figures at the time, which each language words by itself: `{metric: "p99_ms", value: 812, limit: 500, windowMs: 60000}`. */
  figures: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  firedAt: Timestamp,
  resolvedAt: Timestamp.nullable(),
  /** Code: `recovered`, `maintenance`, `checks-off`, `node-removed`, `subject-removed`, `rule-off`, `no-data`. */
  endCause: z.string().nullable().default(null),
  /** When, and by whom, it was taken on, and what they said of it; it fires until its cause is gone all the same. */
  acknowledgedAt: Timestamp.nullable().default(null),
  acknowledgedBy: z.string().nullable().default(null),
  acknowledgement: z.string().default(""),
  /** What keeps it from being told, or (`expected`) says that it was to be expected, and until when; null: nothing. */
  muted: z
    .strictObject({ by: Id, kind: z.enum(MUTING_KINDS), name: z.string(), until: Timestamp })
    .nullable()
    .default(null),
});
export type Alert = z.infer<typeof Alert>;

export const ALERT_EVENTS = ["fired", "acknowledged", "noted", "muted", "unmuted", "resolved"] as const;
/** What happened to an alert, oldest first. */
export const AlertEvent = z.strictObject({
  id: z.string(),
  at: Timestamp,
  what: z.enum(ALERT_EVENTS),
  /** Whose doing it was; empty: the product's own. */
  by: z.string(),
  note: z.string(),
});
export type AlertEvent = z.infer<typeof AlertEvent>;

const note = z.string().trim().max(500, "must have at most 500 characters");
export const Acknowledgement = z.strictObject({
  /** What is done about it, for the others. */
  note: note.default(""),
});
export const AlertNote = z.strictObject({ note: note.min(1, "must not be empty") });

const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === "string" ? value.split(",") : value), z.array(item).min(1).max(50));

export const AlertFilter = z.strictObject({
  state: z.enum(["firing", "resolved"]).optional(),
  /** Whether anybody has taken it on. */
  acknowledged: z.stringbool().optional(),
  /** Whether a silence or a window keeps, or kept, it from being told. */
  muted: z.stringbool().optional(),
  /** Several, parted by commas. */
  level: listOf(z.coerce.number().int().min(1).max(4)).optional(),
  rule: listOf(z.enum(ALERT_RULES)).optional(),
  ruleKey: z.string().max(63).optional(),
  poolId: Id.optional(),
  nodeId: Id.optional(),
  /** Of its pool or node as they were when it fired, as silences match them: `env=prod,zone=~eu-.*`; all must fit. */
  label: LabelMatcherText.optional(),
  /** Fired from then on, and before then. */
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  /** Within names, cause or notes, whatever the case. */
  text: z.string().trim().max(100).optional(),
});
export type AlertFilter = z.infer<typeof AlertFilter>;
export const AlertQuery = z.strictObject({ ...PageQuery.shape, ...AlertFilter.shape });
export type AlertQuery = z.infer<typeof AlertQuery>;
export const AlertExportQuery = AlertFilter.extend({ format: z.enum(["csv", "jsonl"]).default("csv") });
