import type { Actor } from "#lib/contracts/access.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { currentHead, findNode, findPool } from "#lib/services/head.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";
import { nodeViews } from "#lib/services/views.ts";

/** Every node of `poolId`, or of all pools, in the order they were added in. */
export async function listNodes(actor: Actor, poolId?: string): Promise<AtRevision<NodeView[]>> {
  authorise(actor, "viewer");
  const { number, document } = await currentHead();
  const pools = poolId === undefined ? document.pools : [findPool(document, poolId)];
  const nodes = pools.flatMap((pool) => pool.nodes.map((node) => ({ pool, node })));
  return { revision: number, entity: await nodeViews(nodes) };
}

/** @throws {ServiceError} `not-found` */
export async function getNode(actor: Actor, id: string): Promise<AtRevision<NodeView>> {
  authorise(actor, "viewer");
  const { number, document } = await currentHead();
  const [view] = await nodeViews([findNode(document, id)]);
  return { revision: number, entity: view as NodeView };
}
