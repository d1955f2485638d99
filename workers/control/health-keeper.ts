// From the verdict of a check to what everybody is told: proxies learn of flips at once, people also of failures on the
// way to one, and what only confirms the known is written now and then.
import { HEALTH_ALERT_THRESHOLD } from "#lib/core/alert-rules.ts";
import { applyCheck } from "#lib/core/health.ts";
import { hostNameOf } from "#workers/names/host-name.ts";
import type { Names } from "#workers/names/names.ts";
import { type ProbeResult, probe } from "#workers/probes/probe.ts";
import { startScheduler } from "#workers/probes/scheduler.ts";
import { isFailing } from "./alert-keeper.ts";
import { type Fleet, type FleetFlip, type FleetNode, isChecked } from "./fleet.ts";

export type HealthKeeperOptions = {
  fleet: Fleet;
  /** Checks go where the proxies' connections go. */
  names: Names;
  /** Health flipped: for proxies, history and alerts. A recovering node's warm-up is already in its entry. */
  onFlip: (flip: FleetFlip) => void;
  /** Something changed that people want to see now, such as the second failure of three. */
  onTrend: (entry: FleetNode) => void;
  /** Nothing but the time and latency of the last check changed. */
  onConfirmed: (entry: FleetNode) => void;
  /** The node began or ceased to fail as often as an alert needs. */
  onFailing: (entry: FleetNode) => void;
};
export type HealthKeeper = { retarget: () => void; stop: () => void };

/** Checks nothing until `retarget` is called: then, and whenever it is called again, the fleet's nodes as they are. */
export function startHealthKeeper(options: HealthKeeperOptions): HealthKeeper {
  const { fleet, names } = options;
  const scheduler = startScheduler({
    probe: (target) => probe(target, names.lookup),
    onResult: (nodeId, result) => {
      const entry = fleet.nodes.get(nodeId);
      if (entry && isChecked(entry)) take(entry, result, Date.now(), options);
    },
  });
  return {
    retarget: () => {
      const hostNames = new Set([...fleet.nodes.values()].flatMap(({ node }) => hostNameOf(node.url) ?? []));
      names.retain(hostNames);
      // Also those of nodes that are not checked: whether their names resolve is shown, too.
      for (const hostName of hostNames) names.get(hostName);
      const checked = [...fleet.nodes.values()].filter(isChecked);
      scheduler.update(
        checked.map(({ nodeId, node, pool: { healthCheck } }) => ({
          nodeId,
          url: node.url,
          intervalMs: healthCheck.intervalMs,
          check: { timeoutMs: healthCheck.timeoutMs, http: healthCheck.http },
        })),
      );
    },
    stop: () => {
      scheduler.stop();
      names.stop();
    },
  };
}

function take(entry: FleetNode, result: ProbeResult, nowMs: number, options: HealthKeeperOptions): void {
  const before = entry.health;
  const wasFailing = isFailing(entry);
  // A clock that was set back must not make every verdict from then on a stale one.
  const known = before.lastCheckMs !== null && before.lastCheckMs > nowMs ? { ...before, lastCheckMs: nowMs } : before;
  const verdict = { ok: result.passed, reason: result.reason, latencyMs: result.latencyMs, atMs: nowMs };
  const { state, flip } = applyCheck(known, verdict, entry.pool.healthCheck);
  entry.health = state;
  if (flip) options.onFlip({ entry, flip });
  else if (isNews(entry, before.consecutiveFailures)) options.onTrend(entry);
  else options.onConfirmed(entry);
  if (wasFailing !== isFailing(entry)) options.onFailing(entry);
}

/** Failures are counted aloud until their consequence is known; after that only the end of them is news. */
function isNews({ health, pool }: FleetNode, failuresBefore: number): boolean {
  if (health.state === "unhealthy" && health.consecutivePasses > 0) return true;
  if (health.consecutiveFailures === failuresBefore) return false;
  return health.consecutiveFailures <= Math.max(pool.healthCheck.fall, HEALTH_ALERT_THRESHOLD);
}
