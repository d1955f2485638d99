// Walker's alias method (Vose 1991): draws an index in proportion to its weight in O(1), with one random number.
import type { Random } from "./types.ts";

/** @param weights all above 0 @returns a function that draws an index into `weights` */
export function aliasTable(weights: readonly number[], random: Random): () => number {
  const size = weights.length;
  const total = weights.reduce((sum, w) => sum + w, 0);
  const chance = Float64Array.from(weights, (w) => (w * size) / total);
  const alias = Int32Array.from({ length: size }, (_, i) => i);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < size; i++) ((chance[i] as number) < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() as number;
    const more = large.at(-1) as number;
    alias[less] = more;
    const rest = (chance[more] as number) - (1 - (chance[less] as number));
    chance[more] = rest;
    if (rest < 1) small.push(large.pop() as number);
  }
  // What rounding left over would be exactly 1 in exact arithmetic.
  for (const i of small) chance[i] = 1;
  for (const i of large) chance[i] = 1;
  return () => {
    const x = random() * size;
    const i = Math.floor(x);
    return x - i < (chance[i] as number) ? i : (alias[i] as number);
  };
}
