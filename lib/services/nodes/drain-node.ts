import type { Actor } from "#lib/contracts/access.ts";
import { DrainInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { requireSafe } from "#lib/services/nodes/preflight.ts";
import { changeRuntime, endWarmUp, setAdminState } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";

/**
 * No new requests; those in flight may finish until the time-out (the pool's, unless given). Again: a new time-out.
 * @throws {ServiceError} `unsafe-operation` where too little is left to serve, unless `override`
 */
export async function drainNode(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "drain", async (tx, context) => {
    const { timeoutMs, keepSessions, override } = parse(DrainInput, input);
    await requireSafe(tx, context.document, [context], { action: "drain", override });
    const deadlineAt = new Date(context.now.getTime() + (timeoutMs ?? context.pool.drainTimeoutMs));
    const flips = await setAdminState(tx, context, "drain", { deadlineAt, keepSessions });
    return [...flips, ...(await endWarmUp(tx, context))];
  });
}
