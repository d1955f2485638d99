/**
 * Part of the load that each node is due, 0–1, in the given order: of its tier's share by weight. Without tiers all nodes are
 * in one. They add up to 1; all are 0 when nobody has weight.
 * @param tierOf place in `tiers` of each node's, -1: in none
 */
export function dueShares(
  effectiveWeights: readonly number[],
  tierOf: readonly number[] = effectiveWeights.map(() => 0),
  tiers: readonly { share: number }[] = [{ share: 1 }],
): number[] {
  const totals = tiers.map(() => 0);
  for (const [i, weight] of effectiveWeights.entries()) {
    const tier = tierOf[i] as number;
    if (tier >= 0) totals[tier] = (totals[tier] as number) + weight;
  }
  return effectiveWeights.map((weight, i) => {
    const tier = tierOf[i] as number;
    const total = totals[tier] ?? 0;
    return total > 0 ? ((tiers[tier]?.share ?? 0) * weight) / total : 0;
  });
}
