// When a node is checked next. Each level has its own rhythm; levels that are due together are one check. Sources: HAProxy
// `inter`, `fastinter`, `downinter`, `spread-checks`.
import type { CheckLevel, HealthCheck } from "#lib/contracts/config.ts";
import type { LevelHealth } from "#lib/contracts/runtime.ts";

/** Intervals and time-outs of the levels that are on, in milliseconds. */
export interface LevelPlan {
  readonly level: CheckLevel;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}
export type DueTimes = ReadonlyMap<CheckLevel, number>;
type Factors = Pick<HealthCheck, "changingIntervalFactor" | "downIntervalFactor">;

/** No node is checked more often than this, whatever the factors make of its interval. */
const MIN_INTERVAL_MS = 50;
/** First checks of many nodes begin no closer together than this, unless their interval is shorter than that takes. */
const FIRST_SPACING_MS = 2;

/** What a level's interval is multiplied by: it is at rest, on its way down or up, or firmly down. */
export function intervalFactor(level: LevelHealth | undefined, factors: Factors): number {
  switch (level?.state) {
    case undefined:
      return 1;
    case "unknown":
      return factors.changingIntervalFactor;
    case "healthy":
      return level.consecutiveFailures > 0 ? factors.changingIntervalFactor : 1;
    case "unhealthy":
      return level.consecutivePasses > 0 ? factors.changingIntervalFactor : factors.downIntervalFactor;
  }
}

/** Which levels a check that starts now is about. A check of any level connects, so it answers for `tcp` as well. */
export const levelsDue = (plan: readonly LevelPlan[], due: DueTimes, nowMs: number): CheckLevel[] =>
  plan.map(({ level }) => level).filter((level) => level === "tcp" || (due.get(level) ?? nowMs) <= nowMs);

/**
 * Due times after a check of `checked` that began at `startedMs` and ended at `endedMs`: the interval counts from its
 * beginning, but never lies in the past. One `random` (0–1) for the whole check keeps levels of one interval together.
 */
export function dueAfter(
  plan: readonly LevelPlan[],
  due: DueTimes,
  checked: readonly CheckLevel[],
  { startedMs, endedMs }: { startedMs: number; endedMs: number },
  factorOf: (level: CheckLevel) => number,
  { jitterRatio, random }: { jitterRatio: number; random: number },
): Map<CheckLevel, number> {
  const jitter = 1 + jitterRatio * (2 * random - 1);
  return new Map(
    plan.map(({ level, intervalMs }) => {
      if (!checked.includes(level)) return [level, due.get(level) ?? endedMs];
      const everyMs = Math.max(MIN_INTERVAL_MS, intervalMs * factorOf(level)) * jitter;
      return [level, Math.max(endedMs, startedMs + everyMs)];
    }),
  );
}

/**
 * How far apart `count` nodes that are all due at once start: a start-up or a wake-up must not become a storm. A few start
 * at once, many spread over their interval.
 */
export const startSpacingMs = (count: number, intervalMs: number): number =>
  count === 0 ? 0 : Math.min(FIRST_SPACING_MS, intervalMs / count);
