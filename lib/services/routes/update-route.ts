import type { Actor } from "#lib/contracts/access.ts";
import { Patch } from "#lib/contracts/config.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findRoute } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { routeView } from "#lib/services/views.ts";

/** @throws {ServiceError} `not-found`, `invalid-input`, `route-tie` or `stale-revision` */
export async function updateRoute(
  actor: Actor,
  id: string,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<RouteView>> {
  authorise(actor, "publisher");
  findRoute((await headOf(options.changeSet)).document, id);
  const patch = parse(Patch, input);
  const { document, ...published } = await publish(actor, [{ op: "route.update", id, patch }], options);
  return { entity: routeView(document, findRoute(document, id)), ...published };
}
