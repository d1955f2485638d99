// Whether a canary goes on, is promoted, or is rolled back. Two bars: when its time is up the measured figures are held
// against the settings as they are; before, a difference must also be beyond chance (three standard errors of a binomial
// share), as it is looked at every second and an unlucky second must not end it. Nothing is promoted below the minimum
// sample: a canary that too few requests met is rolled back, since holding it on would keep everybody from publishing.
import type { CanaryReason } from "#lib/contracts/canary.ts";
import type { CanarySettings } from "#lib/contracts/config.ts";
import type { Counts } from "#lib/contracts/metrics.ts";
import { bucketMidUs, quantileUs } from "../histogram.ts";
import { answeredOf, type BothArms, type CanaryCounts } from "./tally.ts";

export type CanaryVerdict = {
  kind: "go-on" | "promote" | "roll-back";
  reason: CanaryReason;
  /** The pool that is worse; null: all together, or none. */
  poolId: string | null;
};
export type CanarySituation = {
  settings: CanarySettings;
  startedMs: number;
  counts: CanaryCounts;
  /** Whether every live worker's part is as of now: before a worker has told, the rest says too little. */
  isComplete: boolean;
};

/** Fewer answers than this of either arm say nothing, however bad they are. */
export const EARLY_SAMPLE = 20;
const CLEAR_ERRORS = 3;
const P99_SHARE = 0.01;

export function decideCanary(
  { settings, startedMs, counts, isComplete }: CanarySituation,
  nowMs: number,
): CanaryVerdict {
  const isDue = nowMs - startedMs >= settings.durationMs;
  if (isDue && !isComplete) return { kind: "go-on", reason: "awaiting-workers", poolId: null };
  const worse = findWorse(settings, counts, isDue);
  if (worse !== null) return { kind: "roll-back", ...worse };
  const hasSample = sampleOf(counts.all) >= settings.minRequests;
  if (!isDue) return { kind: "go-on", reason: hasSample ? "comparing" : "collecting", poolId: null };
  return hasSample
    ? { kind: "promote", reason: "as-good", poolId: null }
    : { kind: "roll-back", reason: "too-few-requests", poolId: null };
}

/** Answers of the arm that has fewer. */
export const sampleOf = ({ control, canary }: BothArms): number => Math.min(answeredOf(control), answeredOf(canary));

type Worse = { reason: "success-rate" | "p99"; poolId: string | null };

/** A small pool among large ones is looked at by itself, too: in the sum it would not be seen. */
function findWorse(settings: CanarySettings, { all, pools }: CanaryCounts, isDue: boolean): Worse | null {
  const whole = reasonOf(settings, all, isDue);
  if (whole !== null) return { reason: whole, poolId: null };
  for (const [poolId, both] of pools) {
    const reason = reasonOf(settings, both, isDue);
    if (reason !== null) return { reason, poolId };
  }
  return null;
}

function reasonOf(settings: CanarySettings, both: BothArms, isDue: boolean): Worse["reason"] | null {
  const sample = sampleOf(both);
  // When it is due, the plain figures of a full sample count; those of a smaller one only when they are clear.
  const isPlain = isDue && sample >= settings.minRequests;
  if (sample < EARLY_SAMPLE && !isPlain) return null;
  if (isSuccessWorse(settings, both, isPlain)) return "success-rate";
  return isP99Worse(settings, both, isPlain) ? "p99" : null;
}

function isSuccessWorse(
  { maxSuccessDropPoints }: CanarySettings,
  { control, canary }: BothArms,
  isPlain: boolean,
): boolean {
  const [before, after] = [failuresOf(control), failuresOf(canary)];
  const allowed = maxSuccessDropPoints / 100;
  if (!isPlain) return isClearlyMore(after, before, allowed);
  // The hundred-millionth: 0.03 - 0.02 is a little more than 0.01.
  return after.n / after.of - before.n / before.of > allowed + 1e-8;
}

const failuresOf = (counts: Counts): Part => ({ n: counts.failures, of: answeredOf(counts) });

function isP99Worse(
  { maxP99Ratio, p99SlackMs }: CanarySettings,
  { control, canary }: BothArms,
  isPlain: boolean,
): boolean {
  const controlUs = quantileUs(control.latencyUs, 0.99);
  const canaryUs = quantileUs(canary.latencyUs, 0.99);
  if (controlUs === null || canaryUs === null) return false;
  const limitUs = Math.max(controlUs * maxP99Ratio, controlUs + p99SlackMs * 1_000);
  if (canaryUs <= limitUs) return false;
  if (isPlain) return true;
  // A P99 of few requests is their slowest one. How many are slower than the limit tells of all of them.
  const [before, after] = [slowerThan(limitUs, control), slowerThan(limitUs, canary)];
  return isClearlyMore(after, before, P99_SHARE);
}

type Part = { n: number; of: number };

/** Whether `after` has a larger share than `before`, by more than `allowed` and chance. */
const isClearlyMore = (after: Part, before: Part, allowed: number): boolean =>
  after.n / after.of - before.n / before.of - allowed > CLEAR_ERRORS * Math.sqrt(variance(after) + variance(before));

/** Of a share, of which one more and one less was assumed: none at all is no proof that there never are any. */
function variance({ n, of }: Part): number {
  const share = (n + 1) / (of + 2);
  return (share * (1 - share)) / of;
}

function slowerThan(limitUs: number, { latencyUs }: Counts): Part {
  let n = 0;
  let of = 0;
  for (const [at, bucket] of latencyUs.i.entries()) {
    const count = latencyUs.n[at] ?? 0;
    of += count;
    if (bucketMidUs(bucket) > limitUs) n += count;
  }
  return { n, of };
}
