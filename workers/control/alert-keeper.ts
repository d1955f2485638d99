// Alerts by comparison: what should fire now against what fires in the database. It does not matter who raised an alert,
// what was missed during an outage, or that this process began a second ago; the comparison sets it right.
import type { AlertRule } from "#lib/contracts/alerts.ts";
import {
  type AlertDecision,
  breakerAlertFingerprint,
  decideBreakerAlert,
  decideDegradeAlert,
  decideEjectionAlert,
  decideHealthAlert,
  degradeAlertFingerprint,
  ejectionAlertFingerprint,
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
import type { PassiveBook } from "./passive.ts";
import { type Repeating, repeat } from "./repeat.ts";

const EVERY_MS = 5_000;

export type AlertKeeperOptions = {
  database: Database;
  workerId: string;
  log: Log;
  fleet: Fleet;
  passive: PassiveBook;
};

/** Whether a node fails as often as an alert needs. */
export const isFailing = (entry: FleetNode): boolean =>
  isChecked(entry) && entry.health.consecutiveFailures >= HEALTH_ALERT_THRESHOLD;

/** @param isCovered whether another alert about the node fires */
type Decide = (
  nodeId: string,
  entry: FleetNode | undefined,
  firing: boolean,
  nowMs: number,
  isCovered: boolean,
) => AlertDecision;
/** In the order in which they are asked: who comes first covers the others. */
type Rules = Record<AlertRule, { fingerprint: (nodeId: string) => string; decide: Decide }>;

/** Compares every few seconds and, when kicked, at once. */
export function startAlertKeeper({ database, workerId, log, fleet, passive }: AlertKeeperOptions): Repeating {
  const rules = rulesOver(passive);
  return repeat("keeping alerts", EVERY_MS, log, async () => {
    const nowMs = Date.now();
    const firing = await readFiringAlerts(database);
    const known = new Set(firing.map((alert) => alert.fingerprint));
    await fireAlerts(
      database,
      [...fleet.nodes.values()].flatMap((entry) => freshOf(rules, entry, known, nowMs)),
    );
    const ends = firing.flatMap((alert) => endOf(rules, alert, fleet.nodes.get(alert.nodeId), nowMs) ?? []);
    await resolveAlerts(database, workerId, ends, HEALTH_ALERT_THRESHOLD);
  });
}

/** The alerts that are to be raised about a node; `known` are the fingerprints that fire. */
function freshOf(rules: Rules, entry: FleetNode, known: ReadonlySet<string>, nowMs: number): NewAlert[] {
  const fresh: NewAlert[] = [];
  let isCovered = false;
  for (const { fingerprint, decide } of Object.values(rules)) {
    const isFiring = known.has(fingerprint(entry.nodeId));
    const decision = decide(entry.nodeId, entry, isFiring, nowMs, isCovered);
    if (decision.action === "fire") fresh.push(alertOf(entry, decision, nowMs));
    isCovered ||= isFiring || decision.action === "fire";
  }
  return fresh;
}

function rulesOver(passive: PassiveBook): Rules {
  const lastEjected = new Map<string, number>();
  const lastOpen = new Map<string, number>();
  /** Remembers when a node was last out, for as long as it matters. */
  const lastOutMs = (book: Map<string, number>, nodeId: string, isOut: boolean, firing: boolean, nowMs: number) => {
    if (isOut) book.set(nodeId, nowMs);
    else if (!firing) book.delete(nodeId);
    return book.get(nodeId) ?? null;
  };
  return {
    "health-check-failed": { fingerprint: healthAlertFingerprint, decide: decideHealth },
    "node-ejected": {
      fingerprint: ejectionAlertFingerprint,
      decide(nodeId, entry, firing, nowMs) {
        const ejection = entry ? passive.get(nodeId).ejection : null;
        const lastMs = lastOutMs(lastEjected, nodeId, ejection?.state === "ejected", firing, nowMs);
        const adminState = entry?.admin.state ?? "ready";
        return decideEjectionAlert({ nodeId, firing, ejection, lastOutMs: lastMs, adminState, nowMs });
      },
    },
    "breaker-open": {
      fingerprint: breakerAlertFingerprint,
      decide(nodeId, entry, firing, nowMs, isCovered) {
        const breaker = entry ? passive.get(nodeId).breaker : null;
        const isOut = breaker !== null && breaker.state !== "closed";
        const lastMs = lastOutMs(lastOpen, nodeId, isOut, firing, nowMs);
        const adminState = entry?.admin.state ?? "ready";
        return decideBreakerAlert({ nodeId, firing, breaker, isCovered, lastOutMs: lastMs, adminState, nowMs });
      },
    },
    // Last: that traffic moves away says less than that a breaker opened.
    "node-degraded": { fingerprint: degradeAlertFingerprint, decide: decideDegraded },
  };
}

const decideHealth: Decide = (nodeId, entry, firing) =>
  decideHealthAlert({
    nodeId,
    firing,
    health: entry?.health ?? null,
    adminState: entry?.admin.state ?? "ready",
    checksEnabled: entry?.pool.healthCheck.enabled ?? false,
  });

const decideDegraded: Decide = (nodeId, entry, firing) =>
  decideDegradeAlert({
    nodeId,
    firing,
    degrade: entry?.adjustment.degrade,
    adminState: entry?.admin.state ?? "ready",
  });

const alertOf = (
  { nodeId, node, pool, health }: FleetNode,
  { action: _, ...decided }: Extract<AlertDecision, { action: "fire" }>,
  nowMs: number,
): NewAlert => ({
  ...decided,
  poolId: pool.id,
  nodeId,
  poolName: pool.name,
  nodeName: node.name,
  firedMs: decided.rule === "health-check-failed" ? (health.lastCheckMs ?? nowMs) : nowMs,
});

/** How an alert ends, or null while it goes on. */
function endOf(rules: Rules, alert: FiringAlert, entry: FleetNode | undefined, nowMs: number): AlertEnd | null {
  // This worker may be a revision behind the one that raised it: a node that the database holds is not gone.
  if (!entry && alert.nodeExists) return null;
  const decision = rules[alert.rule].decide(alert.nodeId, entry, true, nowMs, false);
  if (decision.action !== "resolve") return null;
  const end = { fingerprint: alert.fingerprint, nodeId: alert.nodeId };
  const isCheck = alert.rule === "health-check-failed" && decision.cause === "recovered";
  if (!entry || !isCheck) return { ...end, resolvedMs: nowMs };
  const recoveredMs = entry.health.sinceMs > alert.firedMs ? entry.health.sinceMs : entry.health.lastCheckMs;
  return { ...end, resolvedMs: recoveredMs ?? nowMs };
}
