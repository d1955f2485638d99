// How well the verdict of a node's probe agrees with what real traffic met there, over a day: what it missed, when it cried
// wolf, how long it took, and what to set. Nothing is said on thin evidence.
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { NodeProbeTruth, ProbeEpisode, ProbeTruthVerdict } from "#lib/contracts/probe-truth.ts";
import { compareWorker, type WorkerComparison } from "./compare.ts";
import { suggestDeeper, suggestMilder } from "./suggest.ts";
import { probeTimeline, type StateSpan, timeIn } from "./timeline.ts";
import { causesIn, type JudgedMinute, judgeMinutes, MINUTE_MS } from "./traffic.ts";
import type { Episode, FailedAttempt, NodeDay, Window } from "./types.ts";

export const DAY_MS = 24 * 3_600_000;
/** With fewer requests, or less time in which both said something, there is no verdict. */
export const MINIMUM_REQUESTS = 100;
export const MINIMUM_JUDGED_MS = 10 * MINUTE_MS;
/** A miss is worth a flag from so much time and so many failures on, when it is most of what there was to find. */
export const SHALLOW_MS = 3 * MINUTE_MS;
export const SHALLOW_FAILURES = 20;
const SHALLOW_RATIO = 0.5;
const SHOWN = 5;

type PoolSettings = Pick<ConfigPool, "healthCheck" | "ejection">;
type Worker = WorkerComparison & { timeline: StateSpan[] };

/** @param window of a day, or less */
export function nodeProbeTruth(day: NodeDay, pool: PoolSettings, window: Window): NodeProbeTruth {
  const workers = workersOf(day).map((workerId) => compared(workerId, day, pool, window));
  const sum = (of: (worker: Worker) => number) => workers.reduce((total, worker) => total + of(worker), 0);
  const missed = workers.flatMap((worker) => worker.missed);
  const alarms = workers.flatMap(({ falseAlarms }) => falseAlarms);
  const delays = workers.flatMap(({ delaysMs }) => delaysMs).toSorted((a, b) => a - b);
  const states = workers.map(({ timeline }) => timeIn(timeline, window));
  const judgedMs = sum((worker) => worker.judgedMs);
  const { requests, failures } = totals(day);
  const missedMs = lengthOf(missed);
  const evidence = {
    ...{ requests, failures, judgedMs, missedMs, alarms: alarms.length },
    missedFailures: missed.reduce((total, each) => total + each.failures, 0),
    foundMs: sum((worker) => worker.foundMs),
  };
  const verdict = verdictOf(evidence, pool.healthCheck.enabled);
  const isKnown = judgedMs >= MINIMUM_JUDGED_MS && requests >= MINIMUM_REQUESTS;
  return {
    nodeId: day.nodeId,
    ...{ verdict, requests, failures, judgedMs, p99Ms: day.p99Ms },
    healthyMs: states.reduce((total, { healthy }) => total + healthy, 0),
    unhealthyMs: states.reduce((total, { unhealthy }) => total + unhealthy, 0),
    unknownMs: states.reduce((total, { unknown }) => total + unknown, 0),
    agreement: isKnown ? sum((worker) => worker.agreedMs) / judgedMs : null,
    missed: {
      ms: missedMs,
      failures: evidence.missedFailures,
      causes: missedCauses(day, missed).slice(0, SHOWN),
      episodes: longest(missed),
      examples: examplesOf(day.attempts, missed).map(({ atMs, ...rest }) => ({ ...rest, at: isoOf(atMs) })),
    },
    falseAlarms: { count: alarms.length, ms: lengthOf(alarms), episodes: longest(alarms) },
    detections: {
      count: delays.length,
      medianMs: delays[Math.floor((delays.length - 1) / 2)] ?? null,
      maxMs: delays.at(-1) ?? null,
    },
    suggestion: suggestionOf(verdict, day, pool, missed, alarms, failures),
  };
}

const workersOf = ({ minutes, quiet, present, changes }: NodeDay): string[] => [
  ...new Set([
    ...minutes.keys(),
    ...quiet.keys(),
    ...present.map(({ workerId }) => workerId),
    ...changes.map(({ workerId }) => workerId),
  ]),
];

function compared(workerId: string, day: NodeDay, { healthCheck }: PoolSettings, window: Window): Worker {
  const own = day.changes.filter((change) => change.workerId === workerId);
  const present = day.present.find((each) => each.workerId === workerId);
  const probed = own.filter(({ fact }) => fact === "health");
  const timeline = healthCheck.enabled ? probeTimeline(probed, present, window) : [{ ...window, ...NOT_CHECKED }];
  const minutes: JudgedMinute[] = judgeMinutes(day.minutes.get(workerId) ?? [], own);
  const traffic = { minutes, quiet: day.quiet.get(workerId) ?? [] };
  return { timeline, ...compareWorker(workerId, traffic, timeline, day.causes, healthCheck) };
}
const NOT_CHECKED = { state: "unknown", reason: "" } as const;

function totals({ minutes, quiet }: NodeDay): { requests: number; failures: number } {
  let [requests, failures] = [0, 0];
  for (const each of [...minutes.values(), ...quiet.values()])
    for (const span of each) {
      requests += span.successes + span.failures;
      failures += span.failures;
    }
  return { requests, failures };
}

interface Evidence {
  readonly requests: number;
  readonly judgedMs: number;
  readonly missedMs: number;
  readonly missedFailures: number;
  readonly foundMs: number;
  readonly alarms: number;
}

export function verdictOf(evidence: Evidence, isChecked: boolean): ProbeTruthVerdict {
  const { requests, judgedMs, missedMs, missedFailures, foundMs, alarms } = evidence;
  if (!isChecked) return "unchecked";
  if (requests < MINIMUM_REQUESTS || judgedMs < MINIMUM_JUDGED_MS) return "too-little";
  const isMost = missedMs >= (missedMs + foundMs) * SHALLOW_RATIO;
  if (missedMs >= SHALLOW_MS && missedFailures >= SHALLOW_FAILURES && isMost) return "shallow";
  return alarms > 0 ? "strict" : "agrees";
}

function suggestionOf(
  verdict: ProbeTruthVerdict,
  day: NodeDay,
  { healthCheck, ejection }: PoolSettings,
  missed: readonly Episode[],
  alarms: readonly Episode[],
  failures: number,
) {
  const { p99Ms } = day;
  if (verdict === "strict") {
    const reasons = Map.groupBy(alarms, ({ cause }) => cause ?? "");
    const byCount = [...reasons].toSorted(([, a], [, b]) => b.length - a.length).map(([reason]) => reason);
    return suggestMilder(healthCheck, byCount, p99Ms);
  }
  if (verdict !== "shallow" && !(verdict === "unchecked" && failures >= SHALLOW_FAILURES)) return null;
  return suggestDeeper({
    ...{ check: healthCheck, isEjectionOn: ejection.enabled, p99Ms },
    causes: missedCauses(day, missed),
    failingPath: failingPath(examplesIn(day.attempts, missed)),
  });
}

const missedCauses = (day: NodeDay, missed: readonly Episode[]) => {
  const sum = new Map<string, number>();
  for (const each of missed)
    for (const { cause, count } of causesIn(day.causes, each.workerId, [each]))
      sum.set(cause, (sum.get(cause) ?? 0) + count);
  return [...sum].map(([cause, count]) => ({ cause, count })).toSorted((a, b) => b.count - a.count);
};

const examplesIn = (attempts: readonly FailedAttempt[], missed: readonly Window[]): FailedAttempt[] =>
  attempts.filter(({ atMs }) => missed.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs));
const examplesOf = (attempts: readonly FailedAttempt[], missed: readonly Window[]) =>
  examplesIn(attempts, missed).slice(0, SHOWN);

/** A check may ask again and again: only what is safe is taken, of the form that a check's path has. */
function failingPath(attempts: readonly FailedAttempt[]): string | null {
  const askable = attempts.filter(
    ({ method, path }) =>
      (method === "GET" || method === "HEAD") && /^\/[\x21-\x7e]*$/.test(path) && path.length <= 2_000,
  );
  const counts = Map.groupBy(askable, ({ path }) => path);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? null;
}

/** Time that any of them covers: workers miss the same failure at the same time. */
function lengthOf(windows: readonly Window[]): number {
  let [total, coveredMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { fromMs, toMs } of windows.toSorted((a, b) => a.fromMs - b.fromMs)) {
    total += Math.max(0, toMs - Math.max(fromMs, coveredMs));
    coveredMs = Math.max(coveredMs, toMs);
  }
  return total;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
const longest = (episodes: readonly Episode[]): ProbeEpisode[] =>
  episodes
    .toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, SHOWN)
    .map(({ fromMs, toMs, ...rest }) => ({ ...rest, from: isoOf(fromMs), to: isoOf(toMs) }));
