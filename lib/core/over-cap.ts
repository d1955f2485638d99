// Processes eject nodes at the same moment without knowing of each other: together they may have taken more of a pool out than
// its cap allows. All of them then come to the same end by themselves, in whatever order they hear of each other: the first
// by id stay out. Not by time, as two processes know one node's ejection by two times until they have told each other.
import type { EjectionState } from "#lib/contracts/runtime.ts";

interface Ejectable {
  readonly id: string;
  readonly ejection: EjectionState;
}

/** @param maxEjectedRatio of the pool; one node always may be out @returns those that are to come back */
export function overCap<N extends Ejectable>(nodes: readonly N[], maxEjectedRatio: number): N[] {
  const out = nodes.filter(({ ejection }) => ejection.state === "ejected");
  const cap = Math.max(1, Math.floor(nodes.length * maxEjectedRatio + 1e-9));
  if (out.length <= cap) return [];
  return out.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(cap);
}
