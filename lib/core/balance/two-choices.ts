// Power of two choices: two distinct random candidates, the less loaded one is taken. Shared by two pickers, which differ
// in how they draw and compare. (Mitzenmacher 2001; Envoy and linkerd balance this way.)
import type { Candidate, Random, Skip } from "./types.ts";

/** Draws that may hit a skipped or the same candidate before all of them are looked through instead. */
const MAX_DRAWS = 8;

/**
 * @param draw index of a random member
 * @param load lower is better; a tie keeps the first draw
 * @returns null when `skip` lets nobody pass
 */
export function lessLoadedOfTwo<C extends Candidate>(
  members: readonly C[],
  draw: () => number,
  load: (candidate: C, nowMs: number) => number,
  nowMs: number,
  random: Random,
  skip: Skip<C> | null,
): C | null {
  const first = drawOther(members, draw, null, random, skip);
  if (first === null || members.length === 1) return first;
  const second = drawOther(members, draw, first, random, skip);
  return second !== null && load(second, nowMs) < load(first, nowMs) ? second : first;
}

function drawOther<C extends Candidate>(
  members: readonly C[],
  draw: () => number,
  not: C | null,
  random: Random,
  skip: Skip<C> | null,
): C | null {
  if (members.length === 0) return null;
  for (let i = 0; i < MAX_DRAWS; i++) {
    const candidate = members[draw()] as C;
    if (candidate !== not && !skip?.(candidate)) return candidate;
  }
  const start = Math.floor(random() * members.length);
  for (let i = 0; i < members.length; i++) {
    const candidate = members[(start + i) % members.length] as C;
    if (candidate !== not && !skip?.(candidate)) return candidate;
  }
  return null;
}
