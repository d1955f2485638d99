// When an alert begins and ends, as decisions over facts; a shell writes them down. An alert is told apart by its
// fingerprint, and at most one of a fingerprint is firing: the shell says whether one is, so a rule never fires twice.
import type { AdminState, HealthState } from "#lib/contracts/runtime.ts";

/** Failed checks in a row that raise the alert, whatever the pool's own `fall` is. */
export const HEALTH_ALERT_THRESHOLD = 3;

export interface HealthAlertFacts {
  nodeId: string;
  /** Whether an alert of this node's fingerprint is firing now. */
  firing: boolean;
  /** Newest facts; null when the node is no longer configured. */
  health: Pick<HealthState, "state" | "reason" | "consecutiveFailures"> | null;
  adminState: AdminState["state"];
  /** Whether the pool checks its nodes. */
  checksEnabled: boolean;
  threshold?: number;
}

export type AlertDecision =
  | {
      action: "fire";
      rule: "health-check-failed";
      level: 1;
      fingerprint: string;
      reason: string;
      consecutiveFailures: number;
    }
  | { action: "resolve"; fingerprint: string; cause: "recovered" | "maintenance" | "checks-off" | "node-removed" }
  | { action: "none" };

export const healthAlertFingerprint = (nodeId: string): string => `health-check-failed:${nodeId}`;

/**
 * Fires at `threshold` failed checks in a row (3), level 1. Ends when the node is healthy again, goes into maintenance,
 * is no longer checked, or is gone. A draining node is still watched: what is in flight on it can still fail.
 */
export function decideHealthAlert(facts: HealthAlertFacts): AlertDecision {
  const fingerprint = healthAlertFingerprint(facts.nodeId);
  const end = endOf(facts);
  if (end) return facts.firing ? { action: "resolve", fingerprint, cause: end } : { action: "none" };
  const { health, threshold = HEALTH_ALERT_THRESHOLD } = facts;
  if (!health || facts.firing || health.consecutiveFailures < threshold) return { action: "none" };
  const { reason, consecutiveFailures } = health;
  return { action: "fire", rule: "health-check-failed", level: 1, fingerprint, reason, consecutiveFailures };
}

type End = Extract<AlertDecision, { action: "resolve" }>["cause"];

function endOf({ health, adminState, checksEnabled }: HealthAlertFacts): End | null {
  if (!health) return "node-removed";
  if (adminState === "maintenance") return "maintenance";
  if (!checksEnabled) return "checks-off";
  // A node may still be `healthy` while checks fail (a `fall` above 3), so a failed check is no recovery.
  return health.state === "healthy" && health.consecutiveFailures === 0 ? "recovered" : null;
}
