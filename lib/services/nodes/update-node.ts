import type { Actor } from "#lib/contracts/access.ts";
import { Patch } from "#lib/contracts/config.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findNode } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { nodeViews } from "#lib/services/views.ts";

/**
 * Merges `input` over the node: fields left out stay.
 * @throws {ServiceError} `not-found`, `invalid-input`, `duplicate-name` or `stale-revision`
 */
export async function updateNode(
  actor: Actor,
  id: string,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<NodeView>> {
  requireRole(actor, "publisher");
  const { pool } = findNode((await headOf(options.changeSet)).document, id);
  authoriseInPool(actor, "publisher", pool.id);
  const patch = parse(Patch, input);
  const { document, ...published } = await publish(actor, [{ op: "node.update", id, patch }], options);
  const [view] = await nodeViews([findNode(document, id)]);
  return { entity: view as NodeView, ...published };
}
