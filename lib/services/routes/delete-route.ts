import type { Actor } from "#lib/contracts/access.ts";
import { authorise } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findRoute } from "#lib/services/head.ts";
import { type Publication, type PublishOptions, publish } from "#lib/services/publish.ts";

/** @throws {ServiceError} `not-found` or `stale-revision` */
export async function deleteRoute(actor: Actor, id: string, options: PublishOptions = {}): Promise<Publication> {
  authorise(actor, "publisher");
  findRoute((await headOf(options.changeSet)).document, id);
  return publish(actor, [{ op: "route.delete", id }], options);
}
