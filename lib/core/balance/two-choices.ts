// Power of two choices: two distinct random candidates, the less loaded one is taken. Shared by two pickers, which differ
// in how they draw and compare. (Mitzenmacher 2001; Envoy and linkerd balance this way.) Loads are looked up by slot, in
// tables of the picker: the objects of thousands of candidates are seldom in the processor's cache.
import type { Candidate, Random, Skip } from "./types.ts";

/** Draws that may hit a skipped or the same candidate before all of them are looked through instead. */
const MAX_DRAWS = 8;

/**
 * @param draw slot of a random member
 * @param load of a slot; lower is better; a tie keeps the first draw
 * @returns null when `skip` lets nobody pass
 */
export function lessLoadedOfTwo<C extends Candidate>(
  members: readonly C[],
  draw: () => number,
  load: (slot: number, nowMs: number) => number,
  nowMs: number,
  random: Random,
  skip: Skip<C> | null,
): C | null {
  const first = drawOther(members, draw, -1, random, skip);
  if (first < 0) return null;
  const second = members.length === 1 ? -1 : drawOther(members, draw, first, random, skip);
  return members[second >= 0 && load(second, nowMs) < load(first, nowMs) ? second : first] as C;
}

/** @returns a slot, or -1 */
function drawOther<C extends Candidate>(
  members: readonly C[],
  draw: () => number,
  not: number,
  random: Random,
  skip: Skip<C> | null,
): number {
  if (members.length === 0) return -1;
  const isOut = (slot: number) => slot === not || (skip?.(members[slot] as C) ?? false);
  for (let i = 0; i < MAX_DRAWS; i++) {
    const slot = draw();
    if (!isOut(slot)) return slot;
  }
  const start = Math.floor(random() * members.length);
  for (let i = 0; i < members.length; i++) {
    const slot = (start + i) % members.length;
    if (!isOut(slot)) return slot;
  }
  return -1;
}

/** Takes those who get traffic as members, each at its slot. @param before the members until now */
export function seat<C extends Candidate>(before: readonly C[], candidates: readonly C[]): C[] {
  for (const old of before) old.slot = -1;
  const members = candidates.filter((c) => c.effectiveWeight > 0);
  members.forEach((candidate, slot) => {
    candidate.slot = slot;
  });
  return members;
}
