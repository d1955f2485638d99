import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { NodeInput } from "#lib/contracts/config.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { authoriseInPool } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findNode, findPool } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { nodeViews } from "#lib/services/views.ts";

/**
 * Adds a node to a pool.
 * @throws {ServiceError} `not-found` (the pool), `invalid-input`, `duplicate-name` or `stale-revision`
 */
export async function createNode(
  actor: Actor,
  poolId: string,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<NodeView>> {
  authoriseInPool(actor, "publisher", poolId);
  findPool((await headOf(options.changeSet)).document, poolId);
  const node = parse(NodeInput, input);
  const id = randomUUID();
  const { document, ...published } = await publish(actor, [{ op: "node.create", id, poolId, node }], options);
  const [view] = await nodeViews([findNode(document, id)]);
  return { entity: view as NodeView, ...published };
}
