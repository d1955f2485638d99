import type { Actor } from "#lib/contracts/access.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { authoriseInPool, reaches, requireRole } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findPool } from "#lib/services/head.ts";
import { poolViews } from "#lib/services/views.ts";

/** What was read, and the revision it is of: to be sent back as If-Match. */
export type AtRevision<T> = {
  revision: number;
  /** Asked for as this change set would make it of that revision. */
  changeSet?: string;
  entity: T;
};

/** Every pool that the actor reaches, in the order they were made in. */
export async function listPools(actor: Actor, changeSet?: string): Promise<AtRevision<PoolView[]>> {
  requireRole(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  const pools = document.pools.filter(({ id }) => reaches(actor, id));
  return { revision: number, changeSet, entity: await poolViews(document, pools) };
}

/** @throws {ServiceError} `not-found` */
export async function getPool(actor: Actor, id: string, changeSet?: string): Promise<AtRevision<PoolView>> {
  authoriseInPool(actor, "viewer", id);
  const { number, document } = await headOf(changeSet);
  const [view] = await poolViews(document, [findPool(document, id)]);
  return { revision: number, changeSet, entity: view as PoolView };
}
