// Alerts by comparison: what should fire now against what fires in the database. It does not matter who raised an alert,
// what was missed during an outage, or that this process began a second ago; the comparison sets it right.
import {
  type AlertDecision,
  decideHealthAlert,
  HEALTH_ALERT_THRESHOLD,
  healthAlertFingerprint,
} from "#lib/core/alert-rules.ts";
import {
  type AlertEnd,
  type FiringAlert,
  fireAlerts,
  type NewAlert,
  readFiringAlerts,
  resolveAlerts,
} from "#lib/store/control/alerts.ts";
import type { Database } from "#lib/store/control/database.ts";
import { type Fleet, type FleetNode, isChecked } from "./fleet.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

const EVERY_MS = 5_000;

/** Whether a node fails as often as an alert needs. */
export const isFailing = (entry: FleetNode): boolean =>
  isChecked(entry) && entry.health.consecutiveFailures >= HEALTH_ALERT_THRESHOLD;

/** Compares every few seconds and, when kicked, at once. */
export function startAlertKeeper(database: Database, workerId: string, log: Log, fleet: Fleet): Repeating {
  return repeat("keeping alerts", EVERY_MS, log, async () => {
    const nowMs = Date.now();
    const firing = await readFiringAlerts(database);
    const known = new Set(firing.map((alert) => alert.fingerprint));
    const fresh = [...fleet.nodes.values()].flatMap((entry) => {
      const isFiring = known.has(healthAlertFingerprint(entry.nodeId));
      const decision = isFiring ? null : decide(entry.nodeId, entry, false);
      return decision?.action === "fire" ? [alertOf(entry, decision, nowMs)] : [];
    });
    await fireAlerts(database, fresh);
    const ends = firing.flatMap((alert) => endOf(alert, fleet.nodes.get(alert.nodeId), nowMs) ?? []);
    await resolveAlerts(database, workerId, ends, HEALTH_ALERT_THRESHOLD);
  });
}

const decide = (nodeId: string, entry: FleetNode | undefined, firing: boolean): AlertDecision =>
  decideHealthAlert({
    nodeId,
    firing,
    health: entry?.health ?? null,
    adminState: entry?.admin.state ?? "ready",
    checksEnabled: entry?.pool.healthCheck.enabled ?? false,
  });

const alertOf = (
  { nodeId, node, pool, health }: FleetNode,
  { rule, level, fingerprint, reason, consecutiveFailures }: Extract<AlertDecision, { action: "fire" }>,
  nowMs: number,
): NewAlert => ({
  ...{ rule, level, fingerprint, reason, consecutiveFailures },
  poolId: pool.id,
  nodeId,
  poolName: pool.name,
  nodeName: node.name,
  firedMs: health.lastCheckMs ?? nowMs,
});

/** How an alert ends, or null while it goes on. */
function endOf(alert: FiringAlert, entry: FleetNode | undefined, nowMs: number): AlertEnd | null {
  // This worker may be a revision behind the one that raised it: a node that the database holds is not gone.
  if (!entry && alert.nodeExists) return null;
  const decision = decide(alert.nodeId, entry, true);
  if (decision.action !== "resolve") return null;
  const end = { fingerprint: alert.fingerprint, nodeId: alert.nodeId };
  if (!entry || decision.cause !== "recovered") return { ...end, resolvedMs: nowMs };
  const recoveredMs = entry.health.sinceMs > alert.firedMs ? entry.health.sinceMs : entry.health.lastCheckMs;
  return { ...end, resolvedMs: recoveredMs ?? nowMs };
}
