import type { Actor } from "#lib/contracts/access.ts";
import { Patch } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { authoriseInPool } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findPool } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { poolViews } from "#lib/services/views.ts";

/**
 * Merges `input` over the pool: fields left out stay, and settings groups are merged one level deep.
 * @throws {ServiceError} `not-found`, `invalid-input`, `duplicate-name` or `stale-revision`
 */
export async function updatePool(
  actor: Actor,
  id: string,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<PoolView>> {
  authoriseInPool(actor, "publisher", id);
  findPool((await headOf(options.changeSet)).document, id);
  const patch = parse(Patch, input);
  const { document, ...published } = await publish(actor, [{ op: "pool.update", id, patch }], options);
  const [view] = await poolViews(document, [findPool(document, id)]);
  return { entity: view as PoolView, ...published };
}
