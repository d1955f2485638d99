// What real traffic said of a node when: minutes that went well, minutes that failed, and those that say nothing.
import type { FactChange, MinuteCauses, TrafficMinute, Window } from "./types.ts";

export const MINUTE_MS = 60_000;
/** With fewer answers a minute says nothing, unless real traffic ejected the node in it. */
export const MINUTE_MINIMUM = 5;
/** Share of failures from which a minute failed (the default of the alert on errors), and up to which it went well. */
export const BAD_RATIO = 0.05;
export const GOOD_RATIO = 0.02;

export interface JudgedMinute extends TrafficMinute {
  readonly verdict: "good" | "bad";
  /** When traffic itself took the node out in it. */
  readonly ejectedMs: number | null;
}

/** Those that say something, oldest first. @param changes of the same worker: ejections and opened breakers count */
export function judgeMinutes(minutes: readonly TrafficMinute[], changes: readonly FactChange[]): JudgedMinute[] {
  const ejected = new Map<number, number>();
  for (const { fact, to, atMs } of changes) {
    const took = (fact === "ejection" && to === "ejected") || (fact === "breaker" && to === "open");
    const minute = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    if (took && !ejected.has(minute)) ejected.set(minute, atMs);
  }
  return minutes.flatMap((minute): JudgedMinute[] => {
    const ejectedMs = ejected.get(minute.atMs) ?? null;
    const verdict = judge(minute, ejectedMs !== null);
    return verdict === null ? [] : [{ ...minute, verdict, ejectedMs }];
  });
}

function judge({ successes, failures }: TrafficMinute, wasEjected: boolean): JudgedMinute["verdict"] | null {
  if (wasEjected && failures > 0) return "bad";
  const answered = successes + failures;
  if (answered < MINUTE_MINIMUM || wasEjected) return null;
  if (failures / answered >= BAD_RATIO) return "bad";
  return failures / answered <= GOOD_RATIO ? "good" : null;
}

export interface BadRun extends Window {
  /** `fromMs` is when traffic ejected the node, not the minute's start. */
  readonly isExact: boolean;
  readonly minutes: readonly JudgedMinute[];
}

/** Bad minutes that follow one another; one minute between two that says nothing does not part them. */
export function badRuns(minutes: readonly JudgedMinute[]): BadRun[] {
  const runs: JudgedMinute[][] = [];
  let last: JudgedMinute | undefined;
  for (const minute of minutes) {
    const follows = last?.verdict === "bad" && minute.atMs - last.atMs <= 2 * MINUTE_MS;
    if (minute.verdict === "bad") {
      if (follows) runs.at(-1)?.push(minute);
      else runs.push([minute]);
    }
    last = minute;
  }
  return runs.map((run) => {
    const [first, end] = [run[0] as JudgedMinute, run.at(-1) as JudgedMinute];
    // Failures of a whole minute with an ejection in it may have begun before that: few of them did not.
    const isExact = first.ejectedMs !== null && first.failures / (first.successes + first.failures) < BAD_RATIO;
    return {
      fromMs: isExact ? (first.ejectedMs ?? first.atMs) : first.atMs,
      toMs: end.atMs + MINUTE_MS,
      isExact,
      minutes: run,
    };
  });
}

/** Causes of failures in a window, the most frequent first. @param workerId null: of all */
export function causesIn(
  causes: readonly MinuteCauses[],
  workerId: string | null,
  windows: readonly Window[],
): { cause: string; count: number }[] {
  const sum = new Map<string, number>();
  for (const minute of causes) {
    if (workerId !== null && minute.workerId !== workerId) continue;
    if (!windows.some(({ fromMs, toMs }) => minute.atMs < toMs && minute.atMs + MINUTE_MS > fromMs)) continue;
    for (const [cause, count] of Object.entries(minute.causes)) sum.set(cause, (sum.get(cause) ?? 0) + count);
  }
  return [...sum]
    .map(([cause, count]) => ({ cause, count }))
    .toSorted((a, b) => b.count - a.count || a.cause.localeCompare(b.cause));
}
