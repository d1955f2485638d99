/**
 * The scale `k` at which weights `weight × clamp(k × score, floor, ceiling)` sum up to the sum of `weight`: the pool's
 * normalisation, with what a floor or a ceiling cuts off spread over the others. Found by bisection, which asks for no order
 * and costs some 30 passes. `floor` ≤ 1 ≤ `ceiling`, so there always is one.
 */
export function fillScale(
  nodes: readonly { readonly weight: number; readonly score: number }[],
  floor: number,
  ceiling: number,
): number {
  const weights = Float64Array.from(nodes, ({ weight }) => weight);
  const scores = Float64Array.from(nodes, ({ score }) => score);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const least = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = scores.reduce((a, b) => Math.max(a, b), 0);
  let [low, high] = [floor / most, ceiling / least];
  for (let pass = 0; pass < 100 && high / low > 1 + 1e-8; pass++) {
    const scale = Math.sqrt(low * high);
    let sum = 0;
    for (let at = 0; at < scores.length; at++) {
      const wanted = scale * (scores[at] as number);
      sum += (weights[at] as number) * (wanted < floor ? floor : wanted > ceiling ? ceiling : wanted);
    }
    if (sum < total) low = scale;
    else high = scale;
  }
  return Math.sqrt(low * high);
}
