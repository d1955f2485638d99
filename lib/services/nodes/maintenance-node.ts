import type { Actor } from "#lib/contracts/access.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { changeRuntime, endWarmUp, setAdminState } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";

/** No requests and no probes until it is made ready. */
export async function maintainNode(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "maintenance", async (tx, context) => {
    parse(EmptyInput, input);
    return [...(await setAdminState(tx, context, "maintenance", null)), ...(await endWarmUp(tx, context))];
  });
}
