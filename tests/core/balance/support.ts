// A seeded random source, candidates, and counted picks for the tests of the pickers.
import { newCandidate } from "#lib/core/balance/latency.ts";
import type { Candidate, Picker, Skip } from "#lib/core/balance/types.ts";

/** Mulberry32: the same numbers in every run. */
export function seededRandom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const candidatesOf = (weights: readonly number[]): Candidate[] =>
  weights.map((effectiveWeight, i) => ({ ...newCandidate(`node-${i}`, 0), effectiveWeight }));

/** Picks `count` times without leaving anything in flight; the ids in order. */
export const pickIds = (picker: Picker, count: number, skip: Skip | null = null, hashOf = (i: number) => i): string[] =>
  Array.from({ length: count }, (_, i) => picker.pick(0, hashOf(i), skip)?.id ?? "none");

export function tally(ids: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** Starts or ends one request on a candidate, as the data plane does. */
export function load(picker: Picker, candidate: Candidate, change: number): void {
  candidate.inFlight += change;
  picker.loadChanged(candidate);
}
