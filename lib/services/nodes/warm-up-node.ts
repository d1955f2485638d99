import type { Actor } from "#lib/contracts/access.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { changeRuntime, endWarmUp } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";

/**
 * Starts the ramp of the pool's warm-up curve at its beginning, also when one is under way.
 * @throws {ServiceError} `conflict` for a node in drain or maintenance
 */
export async function warmUpNode(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "warm-up", async (tx, { node, pool, now, before }) => {
    parse(EmptyInput, input);
    const state = before.admin?.state ?? "ready";
    if (state !== "ready")
      throw new ServiceError(
        "conflict",
        `${pool.name} / ${node.name} is in ${state} and takes no requests: make it ready first, then warm it up.`,
      );
    const fields = { startedAt: now, cause: "manual" };
    await tx.nodeWarmUp.upsert({ where: { nodeId: id }, create: { nodeId: id, ...fields }, update: fields });
    return [{ fact: "warm-up", from: before.warmUp ? "warming-up" : "none", to: "warming-up" }];
  });
}

/**
 * Ends the ramp: the node has its whole weight at once.
 * @throws {ServiceError} `conflict` for a node that does not warm up
 */
export async function skipWarmUp(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "skip-warm-up", async (tx, context) => {
    parse(EmptyInput, input);
    const { node, pool, before } = context;
    if (!before.warmUp)
      throw new ServiceError("conflict", `${pool.name} / ${node.name} does not warm up: it has its whole weight.`);
    return endWarmUp(tx, context);
  });
}
