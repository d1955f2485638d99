import type { Actor } from "#lib/contracts/access.ts";
import { CanaryOfChangeSetInput, type CanaryView } from "#lib/contracts/canary.ts";
import { authorise } from "#lib/services/access.ts";
import { beginCanary, type StartOptions } from "#lib/services/canaries/begin-canary.ts";
import { requirePublishable } from "#lib/services/change-sets/require-publishable.ts";
import { parse } from "#lib/services/parse.ts";

/**
 * Has a share of the clients use what a change set makes of the configuration in force. It stays open: it is published when
 * the canary is promoted, unless it was edited meanwhile; then what was promoted is no difference of it any more.
 * @throws {ServiceError} as `beginCanary`, and as a publish of the change set
 */
export async function startCanaryOfChangeSet(
  actor: Actor,
  id: string,
  input: unknown,
  options: StartOptions = {},
): Promise<CanaryView> {
  authorise(actor, "publisher");
  const { version, ...given } = parse(CanaryOfChangeSetInput, input);
  return beginCanary(actor, given, options, async (tx, head) => {
    const { draft, staged } = await requirePublishable(tx, id, head, { version });
    const { name, version: seen } = draft.row;
    return {
      document: staged.document,
      operations: staged.applied,
      action: "change-set.publish",
      target: name,
      changeSet: { id, name, version: seen },
    };
  });
}
