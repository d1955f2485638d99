// Which worker asks which node: each node is asked by one, whichever workers there are. Rendezvous hashing: every worker comes to
// the same answer by itself, and one that comes or goes moves only its own share of the nodes.
import { hashText } from "../balance/hash.ts";

/** @param workers all live ones; an empty list: only the one who asks is known */
export function isMine(nodeId: string, workerId: string, workers: readonly string[]): boolean {
  const own = weightOf(nodeId, workerId);
  return workers.every((other) => {
    if (other === workerId) return true;
    const theirs = weightOf(nodeId, other);
    return own > theirs || (own === theirs && workerId < other);
  });
}

const weightOf = (nodeId: string, workerId: string): number => hashText(`${workerId} ${nodeId}`);

/** Where in its interval a node's turn is: always the same, so that nodes are spread and keep their distance. */
export const phaseMs = (nodeId: string, intervalMs: number): number => hashText(nodeId) % intervalMs;

/** When a node's turn comes after `nowMs`; turns that were missed are not made up for. */
export function nextTurnMs(nodeId: string, intervalMs: number, nowMs: number): number {
  const phase = phaseMs(nodeId, intervalMs);
  return (Math.floor((nowMs - phase) / intervalMs) + 1) * intervalMs + phase;
}
