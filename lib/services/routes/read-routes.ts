import type { Actor } from "#lib/contracts/access.ts";
import type { RouteView } from "#lib/contracts/views.ts";
import { authorise } from "#lib/services/access.ts";
import { headOf } from "#lib/services/change-sets/staged-head.ts";
import { findRoute } from "#lib/services/head.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";
import { routeView } from "#lib/services/views.ts";

/** Every route, in the order they were made in; which one matches a request does not depend on it. */
export async function listRoutes(actor: Actor, changeSet?: string): Promise<AtRevision<RouteView[]>> {
  authorise(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  return { revision: number, changeSet, entity: document.routes.map((route) => routeView(document, route)) };
}

/** @throws {ServiceError} `not-found` */
export async function getRoute(actor: Actor, id: string, changeSet?: string): Promise<AtRevision<RouteView>> {
  authorise(actor, "viewer");
  const { number, document } = await headOf(changeSet);
  return { revision: number, changeSet, entity: routeView(document, findRoute(document, id)) };
}
