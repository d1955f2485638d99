import type { Actor } from "#lib/contracts/access.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findNode } from "#lib/services/head.ts";
import { type Publication, type PublishOptions, publish } from "#lib/services/publish.ts";

/** @throws {ServiceError} `not-found` or `stale-revision` */
export async function deleteNode(actor: Actor, id: string, options: PublishOptions = {}): Promise<Publication> {
  requireRole(actor, "publisher");
  const { pool } = findNode((await headOf(options.changeSet)).document, id);
  authoriseInPool(actor, "publisher", pool.id);
  return publish(actor, [{ op: "node.delete", id }], options);
}
