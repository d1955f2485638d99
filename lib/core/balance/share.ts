/** Part of the traffic each node is due, 0–1, in the given order; all 0 when nobody has weight. */
export function dueShares(effectiveWeights: readonly number[]): number[] {
  const total = effectiveWeights.reduce((sum, weight) => sum + weight, 0);
  return effectiveWeights.map((weight) => (total > 0 ? weight / total : 0));
}
