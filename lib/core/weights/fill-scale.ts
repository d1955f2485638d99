/**
 * The scale `k` at which weights `weight × clamp(k × score, floor, ceiling)` sum up to the sum of `weight`: the pool's
 * normalisation, with what a floor or a ceiling cuts off spread over the others. Found by bisection, which asks for no order
 * and costs some 60 passes. `floor` ≤ 1 ≤ `ceiling`, so there always is one.
 */
export function fillScale(
  nodes: readonly { readonly weight: number; readonly score: number }[],
  floor: number,
  ceiling: number,
): number {
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const { score } of nodes) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  let [low, high] = [floor / most, ceiling / least];
  for (let pass = 0; pass < 100 && high / low > 1 + 1e-9; pass++) {
    const scale = Math.sqrt(low * high);
    let sum = 0;
    for (const { weight, score } of nodes) sum += weight * Math.min(ceiling, Math.max(floor, scale * score));
    if (sum < total) low = scale;
    else high = scale;
  }
  return Math.sqrt(low * high);
}
