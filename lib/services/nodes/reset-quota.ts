import type { Actor } from "#lib/contracts/access.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { quotaSpan } from "#lib/core/quota.ts";
import { changeRuntime } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";

/**
 * Starts the present span of a node's quota anew: nothing of it is used, for any worker. What proxy processes had in hand
 * already may be spent besides.
 * @throws {ServiceError} `conflict` for a node without a quota
 */
export async function resetQuota(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "reset-quota", async (tx, { pool, node, now }) => {
    parse(EmptyInput, input);
    if (node.quota === null)
      throw new ServiceError("conflict", `${pool.name} / ${node.name} has no quota: there is nothing to reset.`);
    const { startMs, endMs } = quotaSpan(node.quota.per, now.getTime());
    // Kept as a row: what workers have counted since they wrote last is added to it, as ever.
    await tx.nodeQuota.updateMany({
      where: { nodeId: id, startedAt: new Date(startMs), endsAt: new Date(endMs) },
      data: { used: 0 },
    });
    return [];
  });
}
