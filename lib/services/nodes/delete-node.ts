import type { Actor } from "#lib/contracts/access.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode } from "#lib/services/head.ts";
import { type Publication, type PublishOptions, publish } from "#lib/services/publish.ts";

/** @throws {ServiceError} `not-found` or `stale-revision` */
export async function deleteNode(actor: Actor, id: string, options: PublishOptions = {}): Promise<Publication> {
  requireRole(actor, "publisher");
  const { pool } = findNode((await currentHead()).document, id);
  authoriseInPool(actor, "publisher", pool.id);
  return publish(actor, [{ op: "node.delete", id }], options);
}
