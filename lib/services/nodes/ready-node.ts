import type { Actor } from "#lib/contracts/access.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { changeRuntime, setAdminState } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";

/** Takes requests again; cancels a drain or ends a maintenance. */
export async function readyNode(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "ready", (tx, context) => {
    parse(EmptyInput, input);
    return setAdminState(tx, context, "ready", null);
  });
}
