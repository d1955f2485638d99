// When an alert begins and ends, as decisions over facts; a shell writes them down. An alert is told apart by its
// fingerprint, and at most one of a fingerprint is firing: the shell says whether one is, so a rule never fires twice.
import type { AlertRule } from "#lib/contracts/alerts.ts";
import type { AdminState, EjectionState, HealthState } from "#lib/contracts/runtime.ts";

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

export type AlertEndCause = "recovered" | "maintenance" | "checks-off" | "node-removed";

export type AlertDecision =
  | {
      action: "fire";
      rule: AlertRule;
      level: 1 | 2;
      fingerprint: string;
      reason: string;
      consecutiveFailures: number;
    }
  | { action: "resolve"; fingerprint: string; cause: AlertEndCause }
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

function endOf({ health, adminState, checksEnabled }: HealthAlertFacts): AlertEndCause | null {
  if (!health) return "node-removed";
  if (adminState === "maintenance") return "maintenance";
  if (!checksEnabled) return "checks-off";
  // A node may still be `healthy` while checks fail (a `fall` above 3), so a failed check is no recovery.
  return health.state === "healthy" && health.consecutiveFailures === 0 ? "recovered" : null;
}

/** A node that was ejected again within this long was not well in between: it is one alert, not several. */
export const EJECTION_ALERT_HOLD_MS = 30_000;

export interface EjectionAlertFacts {
  nodeId: string;
  firing: boolean;
  /** Null when the node is no longer configured. */
  ejection: EjectionState | null;
  /** When it was last seen ejected, Unix ms; null: not since this process began. */
  lastEjectedMs: number | null;
  adminState: AdminState["state"];
  nowMs: number;
}

export const ejectionAlertFingerprint = (nodeId: string): string => `node-ejected:${nodeId}`;

/** Fires when real traffic ejects a node, with its cause, level 2. Ends half a minute after its last ejection is over. */
export function decideEjectionAlert(facts: EjectionAlertFacts): AlertDecision {
  const { nodeId, firing, ejection, lastEjectedMs, adminState, nowMs } = facts;
  const fingerprint = ejectionAlertFingerprint(nodeId);
  const isOut = ejection?.state === "ejected" && adminState !== "maintenance";
  if (isOut && !firing)
    return {
      action: "fire",
      rule: "node-ejected",
      level: 2,
      fingerprint,
      reason: ejection.cause,
      consecutiveFailures: 0,
    };
  if (!firing || isOut) return { action: "none" };
  if (ejection === null) return { action: "resolve", fingerprint, cause: "node-removed" };
  if (adminState === "maintenance") return { action: "resolve", fingerprint, cause: "maintenance" };
  const isQuiet = lastEjectedMs === null || nowMs - lastEjectedMs >= EJECTION_ALERT_HOLD_MS;
  return isQuiet ? { action: "resolve", fingerprint, cause: "recovered" } : { action: "none" };
}
