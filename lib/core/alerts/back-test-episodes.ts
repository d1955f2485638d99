// A rule over what is known of the past as episodes: how long a certificate was valid, when a canary was rolled back, and what alerts
// told of workers and the database. Led through by the same engine, a moment at each change.
import type { BackTestFiring } from "#lib/contracts/alert-rules-api.ts";
import type { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import { asRule, Course, EMPTY_WORLD, type Fleet, type SpanRange } from "./back-test.ts";
import type { World } from "./world.ts";

type Range = Pick<SpanRange, "fromMs" | "toMs">;
const DAY_MS = 86_400_000;

/** A moment at each of `times` within the range, and when times of the rule are up after it. */
function lead(
  rule: AlertRule,
  fleet: Fleet,
  { fromMs, toMs }: Range,
  times: Iterable<number>,
  worldAt: (nowMs: number) => Partial<World>,
) {
  const course = new Course(asRule(rule));
  const moments = new Set<number>([fromMs]);
  for (const atMs of times)
    for (const inMs of [0, rule.forMs, rule.clearForMs, rule.forMs + rule.clearForMs]) moments.add(atMs + inMs);
  for (const nowMs of [...moments].toSorted((a, b) => a - b))
    if (nowMs >= fromMs && nowMs <= toMs) course.at({ ...EMPTY_WORLD, ...fleet, nowMs, ...worldAt(nowMs) });
  return course.firings;
}

/** @param certificates as they are now, since when each is here */
export function backTestCertificates(
  rule: AlertRule,
  fleet: Fleet,
  certificates: readonly (World["certificates"][number] & { readonly sinceMs: number })[],
  range: Range,
): BackTestFiring[] {
  const { condition } = rule;
  if (condition.kind !== "certificate-expiry") return [];
  const times = certificates.flatMap(({ sinceMs, notAfterMs }) =>
    notAfterMs === null ? [] : [sinceMs, notAfterMs - condition.withinDays * DAY_MS + 1],
  );
  return lead(rule, fleet, range, times, (nowMs) => ({
    certificates: certificates.filter(({ sinceMs }) => sinceMs <= nowMs),
  }));
}

export function backTestCanaries(
  rule: AlertRule,
  fleet: Fleet,
  canaries: World["canaries"],
  range: Range,
): BackTestFiring[] {
  const { condition } = rule;
  if (condition.kind !== "canary-rolled-back") return [];
  const times = canaries.flatMap(({ endedMs }) => [endedMs, endedMs + condition.tellForMs]);
  return lead(rule, fleet, range, times, (nowMs) => ({
    canaries: canaries.filter(({ endedMs }) => endedMs <= nowMs),
  }));
}

/** Something that an alert told of: since when it was so (not since when it was told), and until when. */
export interface Episode {
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly subjectName: string;
  readonly reason: string;
  readonly sinceMs: number;
  /** Null: it still is. */
  readonly untilMs: number | null;
}

/** What an alert told of would be told by this rule, too, if it lasted for so long. Shorter ones were never told of, and are not known. */
export function backTestEpisodes(
  { condition, forMs, clearForMs }: AlertRule,
  episodes: readonly Episode[],
  { fromMs, toMs }: Range,
): BackTestFiring[] {
  const afterMs = "afterMs" in condition ? condition.afterMs : 0;
  return episodes.flatMap(({ sinceMs, untilMs, ...about }) => {
    const firedMs = sinceMs + afterMs + forMs;
    const endMs = untilMs ?? toMs;
    if (endMs < firedMs || firedMs < fromMs || firedMs > toMs) return [];
    const resolvedMs = untilMs === null ? null : untilMs + clearForMs;
    const value = afterMs > 0 ? endMs - sinceMs : null;
    return [{ ...about, poolName: "", firedMs, resolvedMs, value, limit: afterMs > 0 ? afterMs : null }];
  });
}
