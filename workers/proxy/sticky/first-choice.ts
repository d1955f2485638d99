import { takesPinned } from "#lib/core/sticky/pinned.ts";
import { clockMs } from "../clock.ts";
import type { NodeState } from "../state/node-state.ts";

/**
 * The node that a request's session is bound to, if it takes the request now; null: another has to be picked. A full node is
 * passed over, as one that is gone is: its session moves on rather than wait. @param isSafe whether it may try out a suspect
 * @param withheld share of a node's slots that is kept from it
 */
export function firstChoice(
  node: NodeState | null,
  nowMs: number,
  tried: readonly NodeState[],
  isSafe: boolean,
  withheld: number,
): NodeState | null {
  if (node === null || tried.includes(node) || !takes(node, nowMs) || node.isFullBut(withheld)) return null;
  const { suspicion } = node;
  if (!suspicion.isSuspect) return node;
  const nowClockMs = clockMs();
  if (!isSafe || !suspicion.isTrialDue(nowClockMs)) return null;
  suspicion.tried(nowClockMs);
  return node;
}

const takes = (node: NodeState, nowMs: number): boolean =>
  !node.isRemoved && takesPinned(node, nowMs) && !node.isFull && node.breakerGate.admits();

/** Whether it takes its sessions' requests, and is not under suspicion. */
export const isAtHand = (node: NodeState, nowMs: number): boolean => takes(node, nowMs) && !node.suspicion.isSuspect;

/** Whether a session stays bound to its home though another node was quicker: not to one that is out, or has gone silent. */
export const keepsSession = (home: NodeState, nowMs: number): boolean =>
  !home.isRemoved && takesPinned(home, nowMs) && !home.suspicion.isSuspect;
