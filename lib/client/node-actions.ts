// Runtime operations on nodes. Their answer is the node as it is afterwards, which is on screen at once: the event of the
// live stream that says the same may come later, or not at all while the stream is down.
import type { QueryClient } from "@tanstack/react-query";
import type { RuntimeAction } from "#lib/contracts/runtime.ts";
import type { NodeView, PoolView, ProbeView } from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import { takeNodes } from "./live-cache.ts";
import { nodeNews } from "./node-news.ts";
import { keys } from "./queries.ts";

/** Key of every mutation on one node: while one is under way its row says so. */
export const nodeMutationKey = (nodeId: string) => ["node-action", nodeId] as const;

/** @throws {ApiError} `forbidden`, `not-found`, or `conflict` when the action makes no sense now */
export const runNodeAction = (
  nodeId: string,
  action: RuntimeAction,
  input: { timeoutMs?: number; keepSessions?: boolean; forMs?: number; override?: boolean } = {},
): Promise<NodeView> => call<NodeView>(`/nodes/${nodeId}/${action}`, { method: "POST", body: input });

/** @throws {ApiError} `forbidden`, `not-found`, `conflict` without a worker, `no-worker-answer` */
export const probeNode = (nodeId: string): Promise<ProbeView> =>
  call<ProbeView>(`/nodes/${nodeId}/probe`, { method: "POST", body: {} });

/** @param mark of the news when it was asked for: what the stream told since may be newer than the answer */
export function takeNodeView(client: QueryClient, node: NodeView, mark: number): void {
  const { id, poolId, facts, status, statusReason } = node;
  if (nodeNews.hasToldSince(mark, id, facts.admin.sinceMs)) return;
  takeNodes(client, [{ nodeId: id, poolId, facts, status, statusReason }]);
}

/** A deleted node leaves the screen at once. */
export function dropNode(client: QueryClient, poolId: string, nodeId: string): void {
  const without = (pool: PoolView): PoolView =>
    pool.id === poolId ? { ...pool, nodes: pool.nodes.filter((node) => node.id !== nodeId) } : pool;
  client.setQueryData<PoolView[]>(keys.pools, (pools) => pools?.map(without));
  client.setQueryData<PoolView>(keys.pool(poolId), (pool) => pool && without(pool));
  void client.invalidateQueries({ queryKey: keys.pools });
}
