// Which nodes of a pool do so much worse than the others that they are taken out (Envoy's outlier detection): by their
// share of failures, or by a success rate far below the mean. Decided in sweeps over what one process saw since the last.
// What all nodes share (a bad client, a common dependency) is no reason: somebody else must do better.
import type { EjectionSettings } from "#lib/contracts/config.ts";

/** Counts of one node since the last sweep: attempts that succeeded or failed. */
export interface NodeSweep {
  readonly requests: number;
  readonly failures: number;
}
export interface Outlier {
  /** Index in what was given. */
  readonly index: number;
  readonly cause: "failure-share" | "success-rate";
}
type Settings = Pick<EjectionSettings, "failureRatio" | "deviations" | "sweepMinimumNodes" | "sweepMinimumRequests">;

/** A success rate only just below those of near perfect others is no reason: Envoy's deviations alone would eject for it. */
const LEAST_FAILURE_RATIO = 0.05;

/** Worst first; nodes with fewer than the minimum of requests are neither judged nor compared with. */
export function findOutliers(nodes: readonly NodeSweep[], settings: Settings): Outlier[] {
  const judged = nodes
    .map(({ requests, failures }, index) => ({ index, requests, failureRatio: failures / requests }))
    .filter(({ requests }) => requests > 0 && requests >= settings.sweepMinimumRequests)
    .toSorted((a, b) => b.failureRatio - a.failureRatio);
  const best = judged.at(-1)?.failureRatio ?? 0;
  const limit = deviationLimit(
    judged.map(({ failureRatio }) => failureRatio),
    settings,
  );
  return judged.flatMap(({ index, failureRatio }): Outlier[] => {
    const { failureRatio: share } = settings;
    if (share > 0 && failureRatio >= share && best < share) return [{ index, cause: "failure-share" }];
    return failureRatio > limit ? [{ index, cause: "success-rate" }] : [];
  });
}

/** Failure ratio above which a success rate is more than `deviations` standard deviations below the mean. */
function deviationLimit(ratios: readonly number[], { deviations, sweepMinimumNodes }: Settings): number {
  if (deviations === 0 || ratios.length < sweepMinimumNodes) return Number.POSITIVE_INFINITY;
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / ratios.length;
  return Math.max(mean + deviations * Math.sqrt(variance), LEAST_FAILURE_RATIO);
}
