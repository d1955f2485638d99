// Whether a session's requests may still go to the node it is bound to. Sessions keep a node that stands by (a backup, or one
// of a later level or another zone), since no other has anything of theirs (HAProxy does so too), and a draining node where
// its drain keeps sessions.
import type { AdminState, EligibilityReason } from "#lib/contracts/runtime.ts";

export interface PinnedNode {
  readonly admin: AdminState;
  /** As `decideEligibility` gave it: for a draining node whether it would be fit otherwise is not in it. */
  readonly reason: EligibilityReason;
  readonly health: { readonly state: string };
  readonly ejection: { readonly state: string };
  readonly breaker: { readonly state: string };
  readonly cooling: { readonly state: string };
  readonly weight: number;
}

/** Full nodes, suspects, and half-open breakers without a permit are for the caller to see to. */
export function takesPinned(node: PinnedNode, nowMs: number): boolean {
  switch (node.reason) {
    case "usable":
    case "usable-in-panic":
    case "usable-as-backup":
    case "usable-while-cooling":
    case "usable-by-spill":
    case "standby":
    case "standby-level":
    case "standby-zone":
      return true;
    case "drain":
      return keepsSessions(node.admin, nowMs) && isFit(node);
    case "maintenance":
    case "weight-zero":
    case "unhealthy":
    case "ejected":
    case "pending":
    case "breaker-open":
    case "rate-limited":
    case "quota-spent":
    case "cooling":
      return false;
  }
}

/** Whether a drain still lets sessions come that are bound to the node: until its deadline. */
export function keepsSessions(admin: AdminState, nowMs: number): boolean {
  return admin.state === "drain" && admin.keepSessions && (admin.deadlineMs === null || nowMs < admin.deadlineMs);
}

function isFit({ health, ejection, breaker, cooling, weight }: PinnedNode): boolean {
  if (health.state === "unhealthy" || health.state === "pending" || weight <= 0) return false;
  return ejection.state !== "ejected" && breaker.state !== "open" && cooling.state !== "cooling";
}
