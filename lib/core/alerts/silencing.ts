// Which silence or window keeps an alert from being told, and when windows are open: by the clocks of a time zone, so that a
// window at half past two stays there when those clocks are changed.
import type { Labels } from "#lib/contracts/config/labels.ts";
import type { AlertMatchers, WindowSchedule } from "#lib/contracts/silences.ts";
import { instantOf, localParts } from "#lib/core/wall-time.ts";
import { matchesAny } from "./glob.ts";
import { matchesLabels } from "./labels.ts";

export interface Matchable {
  readonly rule: string;
  readonly ruleKey: string;
  readonly level: number;
  readonly poolName: string;
  readonly nodeName: string;
  /** Null: it is about neither pool nor node. */
  readonly labels: Labels | null;
}
export interface ActiveSilence {
  readonly id: string;
  readonly matchers: AlertMatchers;
  readonly comment: string;
  readonly startsMs: number;
  readonly endsMs: number;
}
export interface KnownWindow {
  readonly id: string;
  readonly name: string;
  readonly mode: "mute" | "expected";
  readonly matchers: AlertMatchers;
  readonly schedule: WindowSchedule;
}
export interface Muting {
  readonly kind: "silence" | "window" | "expected";
  readonly id: string;
  readonly name: string;
  readonly untilMs: number;
}

export function matches({ kinds, rules, levels, pools, nodes, labels }: AlertMatchers, alert: Matchable): boolean {
  const isOf = <T>(list: readonly T[], value: T): boolean => list.length === 0 || list.includes(value);
  return (
    isOf(kinds as readonly string[], alert.rule) &&
    isOf(rules, alert.ruleKey) &&
    isOf(levels, alert.level) &&
    matchesAny(pools, alert.poolName) &&
    matchesAny(nodes, alert.nodeName) &&
    matchesLabels(labels, alert.labels)
  );
}

/** What mutes an alert now: the silence or window that does so for longest; one that only expects it, when none mutes. */
export function mutingOf(
  alert: Matchable,
  silences: readonly ActiveSilence[],
  windows: readonly KnownWindow[],
  nowMs: number,
): Muting | null {
  const mutings: Muting[] = [];
  for (const { id, matchers, comment, startsMs, endsMs } of silences)
    if (startsMs <= nowMs && nowMs < endsMs && matches(matchers, alert))
      mutings.push({ kind: "silence", id, name: comment, untilMs: endsMs });
  for (const { id, name, mode, matchers, schedule } of windows) {
    if (!matches(matchers, alert)) continue;
    const span = readableSpan(schedule, nowMs);
    if (span) mutings.push({ kind: mode === "mute" ? "window" : "expected", id, name, untilMs: span.endMs });
  }
  const rank = ({ kind }: Muting) => (kind === "expected" ? 1 : 0);
  return mutings.toSorted((a, b) => rank(a) - rank(b) || b.untilMs - a.untilMs)[0] ?? null;
}

/** A window of clocks that this process does not know mutes nothing, and keeps nothing else from being judged. */
function readableSpan(schedule: WindowSchedule, nowMs: number): Span | null {
  try {
    return spanAt(schedule, nowMs);
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** The span that is open at `nowMs`; null: none is. */
export function spanAt(schedule: WindowSchedule, nowMs: number): Span | null {
  // A window is open for a day at most: it began today or yesterday, by its own clocks.
  const spans = [-1, 0, 1].flatMap((days) => spanOn(schedule, nowMs, days) ?? []);
  return spans.find(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs) ?? null;
}

/** The span that is open, or the next that begins within eight days. */
export function nextSpan(schedule: WindowSchedule, nowMs: number): Span | null {
  const open = spanAt(schedule, nowMs);
  if (open) return open;
  for (let days = -1; days <= 8; days++) {
    const span = spanOn(schedule, nowMs, days);
    if (span && span.startMs > nowMs) return span;
  }
  return null;
}

/** The span that begins so many days after the local day of `atMs`; null: none does. Days are counted on the calendar: some have 23 hours. */
function spanOn(
  { timeZone, weekdays, start, durationMinutes }: WindowSchedule,
  atMs: number,
  days: number,
): Span | null {
  const { year, month, day } = localParts(timeZone, atMs);
  const dateMs = Date.UTC(year, month - 1, day + days);
  const weekday = new Date(dateMs).getUTCDay() || 7;
  if (weekdays.length > 0 && !weekdays.includes(weekday)) return null;
  const [hour = 0, minute = 0] = start.split(":").map(Number);
  const startMs = instantOf(timeZone, dateMs + (hour * 60 + minute) * 60_000);
  return { startMs, endMs: startMs + durationMinutes * 60_000 };
}
