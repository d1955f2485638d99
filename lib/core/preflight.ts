// What is left of a pool when nodes are taken out of service, and how long that takes: decided by the very rules the proxies
// go by. Only what serves soundly is counted on: a node that is used for want of a better one, is on trial, or was never checked
// may be gone by the next request.
import type { ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { PoolPreflight, RemovalRisk } from "#lib/contracts/node-operations.ts";
import type { EligibilityReason, NodeFacts } from "#lib/contracts/runtime.ts";
import { decideEligibility } from "./balance/eligibility.ts";

export interface PoolUnderway {
  readonly pool: ConfigPool;
  readonly factsOf: (node: ConfigNode) => NodeFacts;
  /** Whether requests lead to the pool: nobody misses the others. */
  readonly isReached: boolean;
  /** Live workers: limits of nodes hold for each. */
  readonly workers: number;
  /** Of nodes whose limit is looked for: what they are found to take at once, over all workers. */
  readonly foundLimits: ReadonlyMap<string, number>;
  readonly peakInFlight: number | null;
}

const SOUND: ReadonlySet<EligibilityReason> = new Set(["usable", "usable-as-backup", "usable-by-spill"]);

/** What taking all nodes of `taken` together out of the pool does to it. */
export function decidePreflight(underway: PoolUnderway, taken: ReadonlySet<string>, nowMs: number): PoolPreflight {
  const { pool, isReached, peakInFlight } = underway;
  const before = servingOf(underway, new Set(), nowMs);
  const after = servingOf(underway, taken, nowMs);
  const losesAny = before.nodes.some(({ id }) => taken.has(id));
  const risks: RemovalRisk[] = [];
  if (losesAny && isReached && after.nodes.length === 0) risks.push("last-node");
  else if (losesAny && after.slots !== null && peakInFlight !== null && peakInFlight > after.slots)
    risks.push("over-capacity");
  return {
    poolId: pool.id,
    poolName: pool.name,
    nodeIds: pool.nodes.filter(({ id }) => taken.has(id)).map(({ id }) => id),
    before: { serving: before.nodes.length, slots: before.slots },
    after: { serving: after.nodes.length, slots: after.slots },
    capacityLeftRatio: before.weight > 0 ? after.weight / before.weight : null,
    peakInFlight,
    risks,
  };
}

type Serving = { nodes: readonly ConfigNode[]; weight: number; slots: number | null };

function servingOf({ pool, factsOf, ...limits }: PoolUnderway, taken: ReadonlySet<string>, nowMs: number): Serving {
  const states = pool.nodes.map((node) => {
    const { admin, health, ejection, breaker, cooling, warmUp, adjustment } = factsOf(node);
    const isTaken = taken.has(node.id);
    return {
      ...node,
      ...{ health, ejection, breaker, cooling, warmUp, adjustment },
      admin: isTaken ? { ...admin, state: "maintenance" as const } : admin,
    };
  });
  const { nodes: judged } = decideEligibility(pool, states, nowMs);
  let weight = 0;
  const nodes = pool.nodes.filter((_, i) => {
    const { share = 0, reason = "maintenance", effectiveWeight = 0 } = judged[i] ?? {};
    const state = states[i];
    const isSound = SOUND.has(reason) && state?.breaker.state === "closed" && state.health.state !== "pending";
    if (share <= 0 || !isSound) return false;
    weight += effectiveWeight;
    return true;
  });
  return { nodes, weight, slots: slotsOf(nodes, limits) };
}

/** Null where one has no limit: what that can take nobody knows. */
function slotsOf(
  nodes: readonly ConfigNode[],
  { workers, foundLimits }: Pick<PoolUnderway, "workers" | "foundLimits">,
): number | null {
  const slots = nodes.map(({ id, maxInFlight }) => {
    const set = maxInFlight > 0 ? maxInFlight * Math.max(1, workers) : Number.POSITIVE_INFINITY;
    return Math.min(set, foundLimits.get(id) ?? Number.POSITIVE_INFINITY);
  });
  const sum = slots.reduce((total, one) => total + one, 0);
  return Number.isFinite(sum) ? sum : null;
}

const EULER = 0.5772;

/**
 * In about how long `inFlight` requests are over when no more come. Little's law gives their mean duration (mean in flight over
 * completions a second, so bodies count, too); the last of n with that mean is over after about mean × (ln n + 0.577), the
 * n-th harmonic number, as if durations were exponential.
 * @param lately means over the last seconds @returns ms, null when nothing was completed and the durations are not known
 */
export function emptyInMs(
  inFlight: number,
  lately: { readonly meanInFlight: number; readonly completionsPerSecond: number },
): number | null {
  if (inFlight === 0) return 0;
  const { meanInFlight, completionsPerSecond } = lately;
  if (completionsPerSecond <= 0) return null;
  const meanMs = (meanInFlight / completionsPerSecond) * 1_000;
  return meanMs * Math.max(1, Math.log(inFlight) + EULER);
}
