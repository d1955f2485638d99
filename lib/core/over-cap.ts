// Processes eject nodes at the same moment without knowing of each other: together they may have taken more of a pool out than
// its cap allows. All of them then come to the same end by themselves: the earliest ejections stay.
import type { EjectionState } from "#lib/contracts/runtime.ts";

interface Ejectable {
  readonly id: string;
  readonly ejection: EjectionState;
}

/** @param maxEjectedRatio of the pool; one node always may be out @returns those that are to come back */
export function overCap<N extends Ejectable>(nodes: readonly N[], maxEjectedRatio: number): N[] {
  const out = nodes.flatMap((node) =>
    node.ejection.state === "ejected" ? [{ node, since: node.ejection.sinceMs }] : [],
  );
  const cap = Math.max(1, Math.floor(nodes.length * maxEjectedRatio + 1e-9));
  if (out.length <= cap) return [];
  out.sort((a, b) => a.since - b.since || (a.node.id < b.node.id ? -1 : 1));
  return out.slice(cap).map(({ node }) => node);
}
