import type { Actor } from "#lib/contracts/access.ts";
import { authorise } from "#lib/services/access.ts";
import { currentHead, findNode } from "#lib/services/head.ts";
import { type Publication, type PublishOptions, publish } from "#lib/services/publish.ts";

/** @throws {ServiceError} `not-found` or `stale-revision` */
export async function deleteNode(actor: Actor, id: string, options: PublishOptions = {}): Promise<Publication> {
  authorise(actor, "publisher");
  findNode((await currentHead()).document, id);
  return publish(actor, [{ op: "node.delete", id }], options);
}
