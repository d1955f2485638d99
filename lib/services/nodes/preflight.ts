// What taking nodes out of service means, told before and held to when it is done.
import type { Actor } from "#lib/contracts/access.ts";
import type { ConfigDocument, ConfigPool } from "#lib/contracts/config.ts";
import {
  type NodePreflight,
  type PinnedSessions,
  type PoolPreflight,
  type Preflight,
  PreflightInput,
  type Removal,
} from "#lib/contracts/node-operations.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { decidePreflight, emptyInMs } from "#lib/core/preflight.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import type { NodeOfPool } from "#lib/services/views.ts";
import { type Db, db, type Tx } from "#lib/store/db.ts";
import { readFacts } from "#lib/store/facts.ts";
import { type NodeLoad, readNodeLoads, readPeaks } from "#lib/store/node-loads.ts";
import { readLiveWorkers } from "#lib/store/workers.ts";

/**
 * What the pools of the given nodes are left with when all of these are taken out together, and what goes on at each of them.
 * @throws {ServiceError} `not-found`, `out-of-scope`
 */
export async function preflight(actor: Actor, input: unknown): Promise<Preflight> {
  requireRole(actor, "viewer");
  const { nodeIds } = parse(PreflightInput, input);
  const { document } = await currentHead();
  const chosen = [...new Set(nodeIds)].map((id) => findNode(document, id));
  for (const { pool } of chosen) authoriseInPool(actor, "viewer", pool.id);
  const { pools, loads } = await judge(db(), document, chosen);
  return { pools, nodes: chosen.map((found) => nodePreflight(found, loads.get(found.node.id))) };
}

const DONE: Record<Removal, string> = {
  drain: "draining",
  maintenance: "maintenance of",
  "trip-breaker": "tripping the breaker of",
};

/**
 * Refuses what leaves a pool with too little. Removals in one pool take turns until the transaction ends, so that of two
 * operators who each take one of the last two nodes one is told.
 * @throws {ServiceError} `unsafe-operation` unless `override`
 */
export async function requireSafe(
  tx: Tx,
  document: ConfigDocument,
  chosen: readonly NodeOfPool[],
  { action, override }: { action: Removal; override: boolean },
): Promise<void> {
  for (const poolId of [...new Set(chosen.map(({ pool }) => pool.id))].toSorted())
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`removal ${poolId}`}, 0))`;
  if (override) return;
  const { pools } = await judge(tx, document, chosen);
  const unsafe = pools.filter(({ risks }) => risks.length > 0);
  if (unsafe.length === 0) return;
  throw new ServiceError(
    "unsafe-operation",
    `${unsafe.map((pool) => tellRisk(action, pool)).join(" ")} Send override: true to do it all the same.`,
  );
}

function tellRisk(action: Removal, { poolName, risks, after, peakInFlight, nodeIds }: PoolPreflight): string {
  const what = `Not safe: ${DONE[action]} ${nodeIds.length === 1 ? "this node" : `these ${nodeIds.length} nodes`}`;
  return risks.includes("last-node")
    ? `${what} leaves no usable node in ${poolName}: every request to it would fail.`
    : `${what} leaves ${poolName} ${after.slots} slots; it had ${peakInFlight} requests in flight at once within the last hour.`;
}

async function judge(client: Db | Tx, document: ConfigDocument, chosen: readonly NodeOfPool[]) {
  const byPool = Map.groupBy(chosen, ({ pool }) => pool.id);
  const pools = [...byPool.values()].flatMap(([first]) => (first ? [first.pool] : []));
  const ids = pools.flatMap(({ nodes }) => nodes.map(({ id }) => id));
  const factsOf = await readFacts(client, ids.length <= FEW ? ids : undefined);
  const workers = (await readLiveWorkers(client)).size;
  const peaks = await readPeaks(
    client,
    pools.map(({ id }) => id),
  );
  const loads = await readNodeLoads(client, ids);
  const nowMs = Date.now();
  const foundLimits = new Map(
    [...loads].flatMap(([id, { foundLimit }]) => (foundLimit === null ? [] : [[id, foundLimit] as const])),
  );
  const judged = pools.map((pool) =>
    decidePreflight(
      {
        pool,
        factsOf: (node) => factsOf(node, nowMs),
        isReached: isReached(document, pool),
        ...{ workers, foundLimits, peakInFlight: peaks.get(pool.id) ?? null },
      },
      new Set(byPool.get(pool.id)?.map(({ node }) => node.id)),
      nowMs,
    ),
  );
  return { pools: judged, loads };
}

/** More than these are read with everything else in one sweep of the tables. */
const FEW = 500;

const isReached = (document: ConfigDocument, { id, isDefault }: ConfigPool): boolean =>
  isDefault || document.routes.some(({ poolId }) => poolId === id);

function nodePreflight({ pool, node }: NodeOfPool, load: NodeLoad | undefined): NodePreflight {
  return {
    nodeId: node.id,
    name: node.name,
    inFlight: load?.inFlight ?? null,
    emptyInMs: load ? emptyInMs(load.inFlight, load) : null,
    sessions: sessionsOf(pool, load),
  };
}

/** The proxy's own cookie is the whole binding: nobody knows how many browsers hold one. */
function sessionsOf({ stickiness }: ConfigPool, load: NodeLoad | undefined): PinnedSessions {
  if (stickiness.mode === "off") return { state: "none" };
  if (stickiness.mode !== "learn" || load?.sessions == null) return { state: "not-counted" };
  return { state: "counted", count: load.sessions };
}
