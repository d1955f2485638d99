// The operations that lead from one document to another, one for each entity that differs: so that a roll-back may be part of
// a change set, and be merged with what others publish meanwhile. The order of entities is left as it is.
import type { ConfigDocument, ConfigPool, NodeInput, PoolInput, RouteInput } from "#lib/contracts/config.ts";
import { changedFields, type Entity, type EntityOperation, fieldsOf, patchOf } from "./entities.ts";

/** In an order in which each finds what it needs: pools before their nodes and routes, and gone after them. */
export function operationsBetween(before: ConfigDocument, after: ConfigDocument): EntityOperation[] {
  const [oldPools, newPools] = [byId(before.pools), byId(after.pools)];
  const [oldNodes, newNodes] = [nodesOf(before), nodesOf(after)];
  const [oldRoutes, newRoutes] = [byId(before.routes), byId(after.routes)];
  const operations: EntityOperation[] = [];
  const proxy = changed(before.proxy, after.proxy);
  if (proxy) operations.push({ op: "proxy.update", patch: proxy });
  for (const { id, nodes: _, ...pool } of after.pools) {
    const old = oldPools.get(id);
    const patch = old && changed(old, { id, ...pool, nodes: [] });
    if (!old) operations.push({ op: "pool.create", id, pool: pool as PoolInput });
    else if (patch) operations.push({ op: "pool.update", id, patch });
  }
  for (const [id, { poolId }] of oldNodes)
    if (newPools.has(poolId) && newNodes.get(id)?.poolId !== poolId) operations.push({ op: "node.delete", id });
  for (const [id, { poolId, node }] of newNodes) {
    const old = oldNodes.get(id);
    const patch = old && changed(old.node, node);
    const { id: _, ...input } = node;
    if (old?.poolId !== poolId) operations.push({ op: "node.create", id, poolId, node: input as NodeInput });
    else if (patch) operations.push({ op: "node.update", id, patch });
  }
  for (const { id } of before.routes) if (!newRoutes.has(id)) operations.push({ op: "route.delete", id });
  for (const { id, ...route } of after.routes) {
    const old = oldRoutes.get(id);
    const patch = old && changed(old, { id, ...route });
    if (!old) operations.push({ op: "route.create", id, route: route as RouteInput });
    else if (patch) operations.push({ op: "route.update", id, patch });
  }
  for (const { id } of before.pools) if (!newPools.has(id)) operations.push({ op: "pool.delete", id });
  return operations;
}

/** A patch of what differs; null when nothing does. */
function changed(before: Entity, after: Entity): Record<string, unknown> | null {
  const fields = changedFields(fieldsOf(before), fieldsOf(after));
  return fields.length > 0 ? patchOf(fields) : null;
}

const byId = <T extends { id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]));

const nodesOf = (
  document: ConfigDocument,
): ReadonlyMap<string, { poolId: string; node: ConfigPool["nodes"][number] }> =>
  new Map(document.pools.flatMap((pool) => pool.nodes.map((node) => [node.id, { poolId: pool.id, node }] as const)));
