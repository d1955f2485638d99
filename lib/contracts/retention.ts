// How long history is kept, and what it takes up meanwhile.
import * as z from "zod";
import { Timestamp } from "./common.ts";

/** Whole days from `min` on; null: for ever. */
const days = (min: number) =>
  z
    .int(`must be a whole number of days`)
    .min(min, `must be at least ${min} days`)
    .max(36_500, "must be at most 36500 days");
const whole = (min: number, max: number, unit: string) =>
  z.int(`must be a whole number of ${unit}`).min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);

/** What an administrator decides. A clean-up removes what is older; ages are those of the database's clock. */
export const RetentionSettings = z.strictObject({
  /** Revisions, but for the one in force, those that workers run, canaries and drafts refer to, and the newest. */
  revisionDays: days(1).nullable().default(null),
  /** So many of the newest revisions are kept, however old they are. */
  revisionsAtLeast: whole(1, 100_000, "revisions").default(100),
  /** Entries of the audit, by whole months: a month goes when its last day is that old. */
  auditDays: days(30).nullable().default(null),
  /** What happened to nodes. */
  healthEventDays: days(1).nullable().default(90),
  /** Alerts that have ended. */
  alertDays: days(1).nullable().default(null),
  /** Shifts of nodes' shares. */
  ledgerDays: days(1).nullable().default(90),
  /** Single requests that were worth keeping, by whole hours. */
  requestHours: whole(1, 2_160, "hours").default(24),
  /** With more requests kept than this, the oldest go sooner. */
  requestsAtMost: whole(1_000, 50_000_000, "requests").default(500_000),
  /** Figures of each second. */
  metricSecondsMinutes: whole(10, 120, "minutes").default(10),
  /** Figures of spans of ten seconds. */
  metricTenSecondsHours: whole(1, 168, "hours").default(6),
  /** Figures of spans of a minute, and of five. */
  metricMinutesDays: whole(1, 92, "days").default(7),
  /** Figures of spans of an hour, and of a day. */
  metricHoursDays: whole(31, 3_660, "days").default(396),
});
export type RetentionSettings = z.infer<typeof RetentionSettings>;
export const RETENTION_DEFAULTS: RetentionSettings = RetentionSettings.parse({});

export const RetentionPatch = RetentionSettings.partial();

export const RetentionView = z.strictObject({
  ...RetentionSettings.shape,
  /** Null: nobody has changed them yet. */
  updatedAt: Timestamp.nullable(),
  updatedBy: z.string().nullable(),
});
export type RetentionView = z.infer<typeof RetentionView>;

export const CLEAN_UP_KINDS = [
  "revisions",
  "secrets",
  "audit",
  "health-events",
  "alerts",
  "ledger",
  "requests",
  "metrics",
] as const;
export const CleanUpKind = z.enum(CLEAN_UP_KINDS);
export type CleanUpKind = z.infer<typeof CleanUpKind>;

/** How the last clean-up of a kind went. */
export const CleanUpView = z.strictObject({
  kind: CleanUpKind,
  at: Timestamp,
  durationMs: z.int().min(0),
  /** What the last one that removed anything removed, and when that was. */
  removed: z.int().min(0),
  removedAt: Timestamp.nullable(),
  /** When one last succeeded. */
  workedAt: Timestamp.nullable(),
  /** Of the last one, when it failed. */
  error: z.string().nullable(),
});
export type CleanUpView = z.infer<typeof CleanUpView>;

export const StorageView = z.strictObject({
  databaseBytes: z.int().min(0),
  /** The largest first; a table in partitions counts as one. `rows` is PostgreSQL's estimate; null: it has none yet. */
  tables: z.array(z.strictObject({ name: z.string(), bytes: z.int().min(0), rows: z.int().min(0).nullable() })),
  cleanUps: z.array(CleanUpView),
  /** `roles`: the product's role may not rewrite the audit; `trigger`: it owns the table, and only a trigger refuses. */
  auditProtection: z.enum(["roles", "trigger"]),
  /** Months that the audit has partitions of, `YYYY-MM`, and entries that belong to none yet. */
  auditMonths: z.array(z.string()),
  auditUnplaced: z.int().min(0),
});
export type StorageView = z.infer<typeof StorageView>;
