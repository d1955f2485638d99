import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { RouteInput } from "#lib/contracts/config.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { findRoute } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { type Published, type PublishOptions, publish } from "#lib/services/publish.ts";
import { routeView } from "#lib/services/views.ts";

/** @throws {ServiceError} `invalid-input`, `route-tie` or `stale-revision` */
export async function createRoute(
  actor: Actor,
  input: unknown,
  options: PublishOptions = {},
): Promise<Published<RouteView>> {
  authorise(actor, "publisher");
  const route = parse(RouteInput, input);
  const id = randomUUID();
  const { document, ...published } = await publish(actor, [{ op: "route.create", id, route }], options);
  return { entity: routeView(document, findRoute(document, id)), ...published };
}
