// One worker's probe against the traffic through the same worker. A probe needs time to find out (its falls, its interval):
// that is no miss but its delay. What begins a minute is only known to the minute, which is granted besides.
import type { HealthCheck } from "#lib/contracts/config.ts";
import { CHECK_LEVELS } from "#lib/contracts/config.ts";
import { firstUnhealthyMs, type StateSpan, timeIn } from "./timeline.ts";
import { type BadRun, badRuns, causesIn, GOOD_RATIO, type JudgedMinute, MINUTE_MS } from "./traffic.ts";
import type { Episode, MinuteCauses, QuietSpan, Window } from "./types.ts";

/** So many requests a minute before a flip that some would have met what the check met, had it been true. */
const BUSY_MINUTE = 120;

export interface Traffic {
  readonly minutes: readonly JudgedMinute[];
  /** Times that its minutes leave out, since they went well. */
  readonly quiet: readonly QuietSpan[];
}

export interface WorkerComparison {
  readonly judgedMs: number;
  readonly agreedMs: number;
  readonly missed: Episode[];
  /** Of failures that the probe found: how long it took. */
  readonly delaysMs: number[];
  readonly foundMs: number;
  readonly falseAlarms: Episode[];
}

/** How long a probe takes at most to call a node that fails unhealthy. */
export function detectionMs(check: HealthCheck): number {
  const levels = CHECK_LEVELS.filter((level) => check[level].enabled).map((level) => check[level]);
  const intervalMs = Math.max(0, ...levels.map((level) => level.intervalMs ?? check.intervalMs));
  const timeoutMs = Math.max(0, ...levels.map((level) => level.timeoutMs ?? check.timeoutMs));
  return check.fall * intervalMs * (1 + check.jitterRatio) + timeoutMs;
}

export function compareWorker(
  workerId: string,
  traffic: Traffic,
  timeline: readonly StateSpan[],
  causes: readonly MinuteCauses[],
  check: HealthCheck,
): WorkerComparison {
  const { minutes, quiet } = traffic;
  const result: WorkerComparison & { judgedMs: number; agreedMs: number; foundMs: number } = {
    ...{ judgedMs: 0, agreedMs: 0, foundMs: 0, missed: [], delaysMs: [], falseAlarms: [] },
  };
  const whatFailed = (window: Window) => causesIn(causes, workerId, [window])[0]?.cause ?? null;
  const good = minutes.filter(({ verdict }) => verdict === "good");
  for (const span of [...good.map(({ atMs }) => ({ fromMs: atMs, toMs: atMs + MINUTE_MS })), ...quiet]) {
    const said = timeIn(timeline, span);
    result.judgedMs += said.healthy + said.unhealthy;
    result.agreedMs += said.healthy;
  }
  for (const run of badRuns(minutes)) {
    const { missed, delayMs, agreedMs, judgedMs } = compareRun(run, timeline, detectionMs(check));
    result.judgedMs += judgedMs;
    result.agreedMs += agreedMs;
    result.foundMs += agreedMs;
    if (delayMs !== null) result.delaysMs.push(delayMs);
    if (missed !== null) result.missed.push(episode(workerId, missed, run.minutes, whatFailed(missed)));
  }
  result.falseAlarms.push(...falseAlarms(workerId, traffic, timeline, detectionMs(check)));
  return result;
}

const episode = (
  workerId: string,
  { fromMs, toMs }: Window,
  minutes: readonly JudgedMinute[],
  cause: string | null,
  quiet: readonly QuietSpan[] = [],
): Episode => {
  const within = minutes.filter(({ atMs }) => atMs < toMs && atMs + MINUTE_MS > fromMs);
  const failures = [...within, ...quiet].reduce((sum, each) => sum + each.failures, 0);
  const requests = [...within, ...quiet].reduce((sum, each) => sum + each.successes, failures);
  return { workerId, fromMs, toMs, requests, failures, cause };
};

/** Of one run of failing minutes: the part that the probe missed, and how long it took to find out. */
function compareRun(run: BadRun, timeline: readonly StateSpan[], detectMs: number) {
  const said = timeIn(timeline, run);
  const judgedMs = said.healthy + said.unhealthy;
  const none = { missed: null, delayMs: null, agreedMs: 0, judgedMs };
  if (judgedMs === 0) return none;
  const graceMs = detectMs + (run.isExact ? 0 : MINUTE_MS);
  const foundAtMs = firstUnhealthyMs(timeline, { fromMs: run.fromMs, toMs: run.toMs + graceMs });
  const delayMs = foundAtMs === null ? null : foundAtMs - run.fromMs;
  if (delayMs !== null && delayMs <= graceMs) {
    // In time; but if it came to call the node healthy again while it failed, that much is missed.
    const againMs = timeIn(timeline, { fromMs: foundAtMs ?? 0, toMs: run.toMs }).healthy;
    const missed = againMs > graceMs ? { fromMs: run.toMs - againMs, toMs: run.toMs } : null;
    return { missed, delayMs, agreedMs: judgedMs - (missed === null ? 0 : againMs), judgedMs };
  }
  const missed = { fromMs: run.fromMs, toMs: Math.min(run.toMs, foundAtMs ?? run.toMs) };
  const missedMs = timeIn(timeline, missed).healthy;
  if (missedMs === 0) return { ...none, delayMs };
  return { missed, delayMs, agreedMs: judgedMs - Math.min(judgedMs, timeIn(timeline, run).healthy), judgedMs };
}

/**
 * Stretches of unhealthy that traffic contradicts: requests went well meanwhile (a pool in panic sends some), or the node was
 * busy and did well in the very time in which its checks failed.
 */
function falseAlarms(
  workerId: string,
  { minutes, quiet }: Traffic,
  timeline: readonly StateSpan[],
  detectMs: number,
): Episode[] {
  return timeline.flatMap((span, at): Episode[] => {
    if (span.state !== "unhealthy") return [];
    const inside = minutes.filter(({ atMs }) => atMs >= span.fromMs && atMs + MINUTE_MS <= span.toMs);
    const good = inside.filter(({ verdict }) => verdict === "good");
    const calm = quiet.filter(({ fromMs, toMs }) => fromMs >= span.fromMs && toMs <= span.toMs);
    const calmMinutes = calm.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / MINUTE_MS, 0);
    if (good.length + calmMinutes > (inside.length + calmMinutes) / 2)
      return [episode(workerId, span, inside, span.reason || null, calm)];
    const cameDown = timeline[at - 1]?.state === "healthy";
    const asked = { fromMs: span.fromMs - detectMs, toMs: span.fromMs };
    const before = minutes.filter(({ atMs }) => atMs < asked.toMs && atMs + MINUTE_MS > asked.fromMs);
    const isContradicted =
      cameDown && inside.length + calm.length === 0 && before.length > 0 && before.every(isBusyAndWell);
    return isContradicted ? [episode(workerId, span, before, span.reason || null)] : [];
  });
}

function isBusyAndWell({ successes, failures, verdict }: JudgedMinute): boolean {
  const answered = successes + failures;
  return verdict === "good" && answered >= BUSY_MINUTE && failures / answered <= GOOD_RATIO;
}
