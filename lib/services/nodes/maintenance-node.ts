import type { Actor } from "#lib/contracts/access.ts";
import { MaintenanceInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { requireSafe } from "#lib/services/nodes/preflight.ts";
import { changeRuntime, endWarmUp, setAdminState } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";

/**
 * No requests and no probes until it is made ready.
 * @throws {ServiceError} `unsafe-operation` where too little is left to serve, unless `override`
 */
export async function maintainNode(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "maintenance", async (tx, context) => {
    const { override } = parse(MaintenanceInput, input);
    await requireSafe(tx, context.document, [context], { action: "maintenance", override });
    return [...(await setAdminState(tx, context, "maintenance", null)), ...(await endWarmUp(tx, context))];
  });
}
