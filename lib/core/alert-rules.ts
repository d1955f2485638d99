// When an alert begins and ends, as decisions over facts; a shell writes them down. An alert is told apart by its
// fingerprint, and at most one of a fingerprint is firing: the shell says whether one is, so a rule never fires twice.
import type { AlertRule } from "#lib/contracts/alerts.ts";
import type { CheckLevel } from "#lib/contracts/config.ts";
import type { AdminState, BreakerState, DegradeState, EjectionState, HealthState } from "#lib/contracts/runtime.ts";

/** Failed checks in a row that raise the alert, whatever the pool's own `fall` is. */
export const HEALTH_ALERT_THRESHOLD = 3;

export interface HealthAlertFacts {
  nodeId: string;
  /** Whether an alert of this node's fingerprint is firing now. */
  firing: boolean;
  /** Newest facts; null when the node is no longer configured. */
  health: Pick<HealthState, "state" | "reason" | "level" | "detail" | "consecutiveFailures"> | null;
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
      checkLevel: CheckLevel | null;
      detail: string;
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
  const { reason, level: checkLevel, detail, consecutiveFailures } = health;
  const culprit = { reason, checkLevel, detail, consecutiveFailures };
  return { action: "fire", rule: "health-check-failed", level: 1, fingerprint, ...culprit };
}

function endOf({ health, adminState, checksEnabled }: HealthAlertFacts): AlertEndCause | null {
  if (!health) return "node-removed";
  if (adminState === "maintenance") return "maintenance";
  if (!checksEnabled) return "checks-off";
  // A node may still be `healthy` while checks fail (a `fall` above 3), so a failed check is no recovery.
  return health.state === "healthy" && health.consecutiveFailures === 0 ? "recovered" : null;
}

/** A node that was taken out again within this long was not well in between: it is one alert, not several. */
export const PASSIVE_ALERT_HOLD_MS = 30_000;

/** What both alerts about real traffic are decided by. */
interface PassiveAlertFacts {
  nodeId: string;
  firing: boolean;
  /** When it was last seen out, Unix ms; null: not since this process began. */
  lastOutMs: number | null;
  adminState: AdminState["state"];
  nowMs: number;
}
export interface EjectionAlertFacts extends PassiveAlertFacts {
  /** Null when the node is no longer configured. */
  ejection: EjectionState | null;
}
export interface BreakerAlertFacts extends PassiveAlertFacts {
  breaker: BreakerState | null;
  /** Another alert says already that this node is not well. */
  isCovered: boolean;
}

export const ejectionAlertFingerprint = (nodeId: string): string => `node-ejected:${nodeId}`;
export const breakerAlertFingerprint = (nodeId: string): string => `breaker-open:${nodeId}`;

/** Fires when real traffic ejects a node, with its cause, level 2. Ends half a minute after its last ejection is over. */
export function decideEjectionAlert({ ejection, ...facts }: EjectionAlertFacts): AlertDecision {
  const cause = ejection?.state === "ejected" ? ejection.cause : null;
  return decidePassive("node-ejected", facts, { exists: ejection !== null, isOut: cause !== null, cause, detail: "" });
}

/**
 * Fires when real traffic opens a node's breaker, level 2, unless its health check or an ejection has raised one: nobody
 * is told twice of one fault. What an operator tripped is no news to operators. Ends half a minute after it closed.
 */
export function decideBreakerAlert({ breaker, isCovered, ...facts }: BreakerAlertFacts): AlertDecision {
  const opened = breaker?.state === "open" && breaker.cause !== "tripped" ? breaker : null;
  const isTripped = breaker?.state === "open" && opened === null;
  return decidePassive("breaker-open", facts, {
    exists: breaker !== null,
    isOut: breaker !== null && breaker.state !== "closed" && !isTripped,
    cause: isCovered ? null : (opened?.cause ?? null),
    detail: opened && opened.requests > 0 ? `${opened.failures} failed, ${opened.slow} slow of ${opened.requests}` : "",
  });
}

/** @param now `cause`: what an alert is raised for; null: for nothing, though it may be out */
function decidePassive(
  rule: AlertRule,
  { nodeId, firing, lastOutMs, adminState, nowMs }: PassiveAlertFacts,
  now: { exists: boolean; isOut: boolean; cause: string | null; detail: string },
): AlertDecision {
  const fingerprint = `${rule}:${nodeId}`;
  const isKeptOut = adminState === "maintenance";
  if (!firing) {
    if (now.cause === null || isKeptOut) return { action: "none" };
    const culprit = { reason: now.cause, checkLevel: null, detail: now.detail, consecutiveFailures: 0 };
    return { action: "fire", rule, level: 2, fingerprint, ...culprit };
  }
  if (!now.exists) return { action: "resolve", fingerprint, cause: "node-removed" };
  if (isKeptOut) return { action: "resolve", fingerprint, cause: "maintenance" };
  const isQuiet = !now.isOut && (lastOutMs === null || nowMs - lastOutMs >= PASSIVE_ALERT_HOLD_MS);
  return isQuiet ? { action: "resolve", fingerprint, cause: "recovered" } : { action: "none" };
}

export interface DegradeAlertFacts {
  nodeId: string;
  firing: boolean;
  /** `undefined` when the node is no longer configured; null: it has all its weight. */
  degrade: DegradeState | null | undefined;
  adminState: AdminState["state"];
}

export const degradeAlertFingerprint = (nodeId: string): string => `node-degraded:${nodeId}`;

/** Fires when the degrade rule takes its first step, with its figures, level 2. Ends with the last step back. */
export function decideDegradeAlert({ nodeId, firing, degrade, adminState }: DegradeAlertFacts): AlertDecision {
  const fingerprint = degradeAlertFingerprint(nodeId);
  const isDegraded = degrade !== undefined && degrade !== null && adminState !== "maintenance";
  if (isDegraded && !firing)
    return {
      action: "fire",
      rule: "node-degraded",
      level: 2,
      fingerprint,
      reason: degrade.cause,
      checkLevel: null,
      detail: "",
      consecutiveFailures: 0,
    };
  if (!firing || isDegraded) return { action: "none" };
  if (degrade === undefined) return { action: "resolve", fingerprint, cause: "node-removed" };
  return { action: "resolve", fingerprint, cause: adminState === "maintenance" ? "maintenance" : "recovered" };
}
