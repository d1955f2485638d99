import type { Actor } from "#lib/contracts/access.ts";
import { authoriseInPool } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findPool } from "#lib/services/head.ts";
import { type Publication, type PublishOptions, publish } from "#lib/services/publish.ts";

/**
 * Removes a pool with its nodes.
 * @throws {ServiceError} `not-found`, `pool-in-use` while a route leads to it, or `stale-revision`
 */
export async function deletePool(actor: Actor, id: string, options: PublishOptions = {}): Promise<Publication> {
  authoriseInPool(actor, "publisher", id);
  findPool((await headOf(options.changeSet)).document, id);
  return publish(actor, [{ op: "pool.delete", id }], options);
}
