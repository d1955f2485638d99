import type { Actor } from "#lib/contracts/access.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { authoriseInPool, reaches, requireRole } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findNode, findPool } from "#lib/services/head.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";
import { nodeViews } from "#lib/services/views.ts";

/** Every node of `poolId`, or of all pools that the actor reaches, in the order they were added in. */
export async function listNodes(actor: Actor, changeSet?: string, poolId?: string): Promise<AtRevision<NodeView[]>> {
  requireRole(actor, "viewer");
  if (poolId !== undefined) authoriseInPool(actor, "viewer", poolId);
  const { number, document } = await headOf(changeSet);
  const pools =
    poolId === undefined ? document.pools.filter(({ id }) => reaches(actor, id)) : [findPool(document, poolId)];
  const nodes = pools.flatMap((pool) => pool.nodes.map((node) => ({ pool, node })));
  return { revision: number, changeSet, entity: await nodeViews(nodes) };
}

/** @throws {ServiceError} `not-found` */
export async function getNode(actor: Actor, id: string, changeSet?: string): Promise<AtRevision<NodeView>> {
  requireRole(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  const found = findNode(document, id);
  authoriseInPool(actor, "viewer", found.pool.id);
  const [view] = await nodeViews([found]);
  return { revision: number, changeSet, entity: view as NodeView };
}
