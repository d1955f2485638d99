// What was measured of both arms, added up: over seconds, then over workers. Percentiles come from merged histograms.
import type { ArmComparison, ArmFigures, CanaryTally } from "#lib/contracts/canary.ts";
import type { CanaryArm, Counts } from "#lib/contracts/metrics.ts";
import { emptyCounts, mergeAllCounts, successRatio } from "../counts.ts";
import { groupBy } from "../group-by.ts";
import { quantileUs } from "../histogram.ts";

export type BothArms = Record<CanaryArm, Counts>;
/** Of all requests, and of those of each pool; the pool is null for requests that no route took. */
export type CanaryCounts = { readonly all: BothArms; readonly pools: ReadonlyMap<string | null, BothArms> };

/** Sums by arm and pool. */
export function addUp(parts: CanaryTally): CanaryTally {
  return groupBy(parts, ({ arm, poolId }) => `${arm} ${poolId}`).map((same) => {
    const { arm, poolId } = same[0] as CanaryTally[number];
    return { arm, poolId, ...mergeAllCounts(same) };
  });
}

/** What all workers measured together. */
export function countsOf(tallies: readonly CanaryTally[]): CanaryCounts {
  const sums = addUp(tallies.flat());
  const pools = new Map<string | null, BothArms>();
  for (const { arm, poolId, ...counts } of sums) {
    const both = pools.get(poolId) ?? { control: emptyCounts(), canary: emptyCounts() };
    both[arm] = counts;
    pools.set(poolId, both);
  }
  const of = (arm: CanaryArm) => mergeAllCounts([...pools.values()].map((both) => both[arm]));
  return { all: { control: of("control"), canary: of("canary") }, pools };
}

export const answeredOf = ({ successes, failures }: Counts): number => successes + failures;

export const figuresOf = (counts: Counts): ArmFigures => ({
  requests: counts.requests,
  answered: answeredOf(counts),
  successRatio: successRatio(counts),
  p50Ms: quantileMs(counts, 0.5),
  p99Ms: quantileMs(counts, 0.99),
});

function quantileMs({ latencyUs }: Counts, quantile: number): number | null {
  const us = quantileUs(latencyUs, quantile);
  return us === null ? null : us / 1_000;
}

export const comparisonOf = ({ control, canary }: BothArms): ArmComparison => ({
  control: figuresOf(control),
  canary: figuresOf(canary),
});
