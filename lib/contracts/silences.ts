// What keeps alerts from being told: silences, which end, and maintenance windows, which come again. In no revision: they are in
// force at once. What is silenced is recorded and shown all the same, and told once the silence ends and it still fires.
import * as z from "zod";
import { Id, Name, PageQuery, Timestamp } from "./common.ts";
import { ALERT_KINDS, Glob, RuleKey } from "./config/alert-rule.ts";
import { LabelMatchers } from "./config/labels.ts";

const globs = z.array(Glob).max(100).default([]);

/** All that are named must match; of one list, any, but of labels all. */
export const AlertMatchers = z.strictObject({
  kinds: z.array(z.enum(ALERT_KINDS)).max(ALERT_KINDS.length).default([]),
  /** Keys of rules. */
  rules: z.array(RuleKey).max(100).default([]),
  levels: z.array(z.int().min(1).max(4)).max(4).default([]),
  pools: globs,
  nodes: globs,
  /** Of pools and nodes; what is about neither has none, and no matcher fits it. */
  labels: LabelMatchers,
});
export type AlertMatchers = z.infer<typeof AlertMatchers>;

const namesSomething = (matchers: AlertMatchers): boolean => Object.values(matchers).some((list) => list.length > 0);
const Named = AlertMatchers.refine(namesSomething, "must name a kind, a rule, a level, a pool, a node or a label");

export const MAX_SILENCE_DAYS = 30;
const MAX_SILENCE_MS = MAX_SILENCE_DAYS * 86_400_000;

export const SilenceInput = z
  .strictObject({
    matchers: Named,
    /** Why: everybody reads it. */
    comment: z.string().trim().min(1, "must say why").max(500, "must have at most 500 characters"),
    /** Left out: now. */
    startsAt: Timestamp.optional(),
    endsAt: Timestamp,
  })
  .superRefine(({ startsAt, endsAt }, ctx) => {
    if (startsAt !== undefined && Date.parse(endsAt) <= Date.parse(startsAt))
      ctx.addIssue({ code: "custom", path: ["endsAt"], message: "must be after startsAt" });
    if (startsAt !== undefined && Date.parse(endsAt) - Date.parse(startsAt) > MAX_SILENCE_MS)
      ctx.addIssue({
        code: "custom",
        path: ["endsAt"],
        message: `must be at most ${MAX_SILENCE_DAYS} days after its start`,
      });
  });
export type SilenceInput = z.infer<typeof SilenceInput>;

/** A silence may be moved and reworded; what it matches stays: make another one. */
export const SilencePatch = z.strictObject({
  comment: z.string().trim().min(1, "must say why").max(500, "must have at most 500 characters").optional(),
  endsAt: Timestamp.optional(),
});

export const SILENCE_STATES = ["pending", "active", "ended"] as const;
/** Which part of it is none that this version knows, `matchers.labels.0.op`; null: it can be read. What cannot be mutes nothing. */
const unreadable = z.string().nullable();
export const SilenceView = z.strictObject({
  id: Id,
  /** Null: they cannot be read. */
  matchers: AlertMatchers.nullable(),
  comment: z.string(),
  startsAt: Timestamp,
  endsAt: Timestamp,
  state: z.enum(SILENCE_STATES),
  createdAt: Timestamp,
  createdBy: z.string(),
  /** Who ended it before its time. */
  endedBy: z.string().nullable(),
  /** Firing alerts that it keeps from being told. */
  matching: z.int().min(0),
  unreadable,
});
export type SilenceView = z.infer<typeof SilenceView>;
export const SilenceQuery = PageQuery.extend({ state: z.enum(SILENCE_STATES).optional() });

const TimeZone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: name });
      return true;
    } catch {
      return false;
    }
  }, "must be the name of a time zone, such as Europe/Berlin");

/** When a window is open: on these days from `start` on, by the clocks of its time zone. */
export const WindowSchedule = z.strictObject({
  timeZone: TimeZone,
  /** 1 is Monday, 7 is Sunday; empty: every day. */
  weekdays: z.array(z.int().min(1).max(7)).max(7).default([]),
  start: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 02:30"),
  durationMinutes: z.int().min(1).max(1_440),
});
export type WindowSchedule = z.infer<typeof WindowSchedule>;

export const WINDOW_MODES = ["mute", "expected"] as const;
const windowParts = {
  /** `mute`: not told while it is open. `expected`: told, with its name, so that nobody is alarmed. */
  mode: z.enum(WINDOW_MODES),
  /** Nothing named: every alert. */
  matchers: AlertMatchers,
  schedule: WindowSchedule,
};
/** What makes a window open and fit, as it is stored. */
export const WindowFields = z.strictObject(windowParts);
const windowFields = { name: Name, enabled: z.boolean(), ...windowParts };
export const WindowInput = z.strictObject({
  ...windowFields,
  enabled: windowFields.enabled.default(true),
  mode: windowFields.mode.default("mute"),
  matchers: windowFields.matchers.prefault({}),
});
export type WindowInput = z.infer<typeof WindowInput>;
export const WindowPatch = z.strictObject(windowFields).partial();
export const WindowView = z.strictObject({
  id: Id,
  name: windowFields.name,
  enabled: windowFields.enabled,
  /** Null, all three: they cannot be read. */
  mode: windowFields.mode.nullable(),
  matchers: windowFields.matchers.nullable(),
  schedule: windowFields.schedule.nullable(),
  /** The span that is open, or the next one. */
  isOpen: z.boolean(),
  nextStartsAt: Timestamp.nullable(),
  nextEndsAt: Timestamp.nullable(),
  unreadable,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type WindowView = z.infer<typeof WindowView>;
