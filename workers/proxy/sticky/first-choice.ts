import { takesPinned } from "#lib/core/sticky/pinned.ts";
import { clockMs } from "../clock.ts";
import type { NodeState } from "../state/node-state.ts";

/**
 * The node that a request's session is bound to, if it takes the request now; null: another has to be picked. A full node is
 * passed over, as one that is gone is: its session moves on rather than wait. @param isSafe whether it may try out a suspect
 */
export function firstChoice(
  node: NodeState | null,
  nowMs: number,
  tried: readonly NodeState[],
  isSafe: boolean,
): NodeState | null {
  if (node === null || node.isRemoved || tried.includes(node) || !takesPinned(node, nowMs)) return null;
  if (node.isFull || !node.breakerGate.admits()) return null;
  const { suspicion } = node;
  if (!suspicion.isSuspect) return node;
  const nowClockMs = clockMs();
  if (!isSafe || !suspicion.isTrialDue(nowClockMs)) return null;
  suspicion.tried(nowClockMs);
  return node;
}
