// What a change of configuration does to the share of its pool's requests that each node is due: decided by the very rules
// the proxies go by, over the state that the nodes are in now. A worker's zone is left out: it differs between workers.
import type { NodeShare, PoolShares, ShareSide } from "#lib/contracts/comparison.ts";
import type { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import { decideEligibility } from "../balance/eligibility.ts";

export type FactsOfNode = (node: ConfigNode) => NodeFacts;

/** Below this no share counts as changed: it is rounding. */
const NOTHING = 1e-6;

/**
 * The pools in which a node's share changes, comes or goes, in the order of `after`, then those that are gone. Shares are
 * of the pool's requests, 0–1. What waits for its first check is taken as having passed it.
 */
export function shareChanges(
  before: ConfigDocument,
  after: ConfigDocument,
  factsOf: FactsOfNode,
  nowMs: number,
): PoolShares[] {
  const old = new Map(before.pools.map((pool) => [pool.id, pool]));
  const now = new Set(after.pools.map(({ id }) => id));
  const kept = after.pools.map((pool) => poolShares(old.get(pool.id), pool, factsOf, nowMs));
  const gone = before.pools.filter(({ id }) => !now.has(id)).map((pool) => poolShares(pool, undefined, factsOf, nowMs));
  return [...kept, ...gone].filter((shares) => shares !== null);
}

function poolShares(
  before: ConfigPool | undefined,
  after: ConfigPool | undefined,
  factsOf: FactsOfNode,
  nowMs: number,
): PoolShares | null {
  const pool = after ?? before;
  // A pool that is the very same object on both sides is not looked into: revisions share what they did not change.
  if (!pool || before === after) return null;
  const was = sidesOf(before, factsOf, nowMs);
  const is = sidesOf(after, factsOf, nowMs);
  const removed = before?.nodes.filter(({ id }) => !is.has(id)) ?? [];
  const nodes = [...(after?.nodes ?? []), ...removed].map(
    ({ id, name }): NodeShare => ({ id, name, before: was.get(id) ?? null, after: is.get(id) ?? null }),
  );
  if (!nodes.some(isChanged)) return null;
  return { id: pool.id, name: pool.name, change: !before ? "added" : !after ? "removed" : "changed", nodes };
}

const isChanged = ({ before, after }: NodeShare): boolean =>
  before === null || after === null || Math.abs(before.ratio - after.ratio) > NOTHING;

function sidesOf(pool: ConfigPool | undefined, factsOf: FactsOfNode, nowMs: number): ReadonlyMap<string, ShareSide> {
  if (!pool) return new Map();
  const { nodes } = decideEligibility(
    pool,
    pool.nodes.map((node) => ({ ...node, ...checked(factsOf(node)) })),
    nowMs,
  );
  return new Map(
    pool.nodes.map(({ id, weight }, i) => {
      const { share = 0, reason = "usable" } = nodes[i] ?? {};
      return [id, { ratio: Math.min(1, share), weight, reason }];
    }),
  );
}

function checked({ admin, health, ejection, breaker, cooling, warmUp, adjustment }: NodeFacts) {
  const isPending = health.state === "pending";
  return {
    admin,
    health: isPending ? { ...health, state: "unknown" as const } : health,
    ejection,
    breaker,
    cooling,
    warmUp,
    adjustment,
  };
}
