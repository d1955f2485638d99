// From the verdicts of a check to what everybody is told: proxies learn of flips at once, people also of failures on the
// way to one, and what only confirms the known is written now and then.
import { failuresTold } from "#lib/core/alerts/defaults.ts";
import { applyVerdicts, enabledLevels, type LevelVerdict } from "#lib/core/health.ts";
import { intervalFactor } from "#lib/core/health-schedule.ts";
import type { SecretBook } from "#lib/store/secret-book.ts";
import type { Names } from "#workers/names/names.ts";
import { checksAtOnceHere } from "#workers/probes/at-once.ts";
import { probe } from "#workers/probes/probe.ts";
import { startScheduler } from "#workers/probes/scheduler.ts";
import { isSameTarget, type OpenSecret, type ProbeTarget, targetOf } from "#workers/probes/target.ts";
import { type Fleet, type FleetFlip, type FleetNode, isChecked } from "./fleet.ts";

export type HealthKeeperOptions = {
  fleet: Fleet;
  /** Opens what checks send. */
  secrets: SecretBook;
  /** Checks go where the proxies' connections go. */
  names: Names;
  /** Health flipped: for proxies, history and alerts. A recovering node's warm-up is already in its entry. */
  onFlip: (flip: FleetFlip) => void;
  /** Something changed that people want to see now, such as the second failure of three. */
  onTrend: (entry: FleetNode) => void;
  /** Nothing but the time and latency of the last check changed. */
  onConfirmed: (entry: FleetNode) => void;
};
export type HealthKeeper = {
  retarget: () => void;
  /** Checks all levels of a node now, also one that is not checked by itself; null when there is no such node. */
  checkNow: (nodeId: string) => Promise<LevelVerdict[]> | null;
  stop: () => void;
};

/** Checks nothing until `retarget` is called: then, and whenever it is called again, the fleet's nodes as they are. */
export function startHealthKeeper(options: HealthKeeperOptions): HealthKeeper {
  const { fleet, names, secrets } = options;
  const open: OpenSecret = (value, ownerId) => secrets.text(value, ownerId);
  let targets = new Map<string, ProbeTarget>();
  const byHand = new Map<string, Promise<LevelVerdict[]>>();
  const scheduler = startScheduler({
    maxAtOnce: checksAtOnceHere(),
    probe: (target, levels) => probe(target, levels, names.lookup),
    onResult: (nodeId, verdicts) => {
      const entry = fleet.nodes.get(nodeId);
      if (entry && isChecked(entry)) take(entry, verdicts, Date.now(), options);
      const { checks, pool } = entry ?? {};
      return (level) => (pool ? intervalFactor(checks?.levels[level], pool.healthCheck) : 1);
    },
  });
  /** A node in maintenance, or of a pool without checks: the result is told and counts for nothing. */
  const checkUnscheduled = (nodeId: string): Promise<LevelVerdict[]> | null => {
    const entry = fleet.nodes.get(nodeId);
    if (!entry) return null;
    const target = targetOf(entry.node, entry.pool, open);
    const levels = target.plan.levels.map(({ level }) => level);
    if (levels.length === 0) return Promise.resolve([]);
    const running = byHand.get(nodeId) ?? probe(target, levels, names.lookup).finally(() => byHand.delete(nodeId));
    byHand.set(nodeId, running);
    return running;
  };
  return {
    retarget: () => {
      targets = new Map(
        [...fleet.nodes.values()].filter(isChecked).map((entry) => [entry.nodeId, madeReady(entry, targets, open)]),
      );
      scheduler.update([...targets.values()]);
    },
    checkNow: (nodeId) => scheduler.checkNow(nodeId) ?? checkUnscheduled(nodeId),
    stop: () => {
      scheduler.stop();
      names.stop();
    },
  };
}

/** What an unchanged node's checks need is not made anew. */
function madeReady(
  { nodeId, node, pool }: FleetNode,
  before: ReadonlyMap<string, ProbeTarget>,
  open: OpenSecret,
): ProbeTarget {
  const known = before.get(nodeId);
  const isKnown = known?.url === node.url && known.plan.settings === pool.healthCheck;
  if (isKnown && known.credentials === node.credentials) return known;
  const target = targetOf(node, pool, open);
  return known && isSameTarget(known, target) ? known : target;
}

function take(entry: FleetNode, verdicts: readonly LevelVerdict[], nowMs: number, options: HealthKeeperOptions): void {
  const before = entry.health;
  // A clock that was set back must not make every verdict from then on a stale one.
  const known = before.lastCheckMs !== null && before.lastCheckMs > nowMs ? { ...before, lastCheckMs: nowMs } : before;
  const { healthCheck } = entry.pool;
  const enabled = enabledLevels(healthCheck);
  const step = applyVerdicts({ health: known, checks: entry.checks }, verdicts, nowMs, healthCheck, enabled);
  entry.health = step.health;
  entry.checks = step.checks;
  if (step.flip) options.onFlip({ entry, flip: step.flip });
  else if (isNews(entry, before.consecutiveFailures, options.fleet)) options.onTrend(entry);
  else options.onConfirmed(entry);
}

/** Failures are counted aloud until their consequence is known; after that only the end of them is news. */
function isNews({ health, pool }: FleetNode, failuresBefore: number, { config }: Fleet): boolean {
  if (health.state === "unhealthy" && health.consecutivePasses > 0) return true;
  if (health.consecutiveFailures === failuresBefore) return false;
  return (
    health.consecutiveFailures <= Math.max(pool.healthCheck.fall, failuresTold(config?.document.proxy.alertRules ?? {}))
  );
}
