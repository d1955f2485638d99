import { Patch, RouteInput } from "#lib/contracts/config.ts";
import { listOf, Mutated, RouteView } from "#lib/contracts/views.ts";
import { configuration, created, published, removed } from "#lib/server/answers.ts";
import { type Endpoint, param, targetOf } from "#lib/server/endpoint.ts";
import { createRoute } from "#lib/services/routes/create-route.ts";
import { deleteRoute } from "#lib/services/routes/delete-route.ts";
import { getRoute, listRoutes } from "#lib/services/routes/read-routes.ts";
import { updateRoute } from "#lib/services/routes/update-route.ts";

const tag = "Routes";

export const ROUTE_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/routes",
    operationId: "listRoutes",
    tag,
    summary: "List the routes",
    role: "viewer",
    readsChangeSet: true,
    output: listOf(RouteView),
    handle: async (call, actor) => {
      const routes = await listRoutes(actor, call.changeSet);
      return configuration(routes, { items: routes.entity });
    },
  },
  {
    method: "POST",
    path: "/routes",
    operationId: "createRoute",
    tag,
    summary: "Send matching requests to a pool, or answer them",
    description:
      "Exact host beats wildcard beats none; then the longest path prefix on segment boundaries; then the most " +
      "conditions. A route that ties with another is refused. A route has either a `poolId` or an `action`.",
    role: "publisher",
    input: RouteInput,
    output: Mutated(RouteView.shape),
    status: 201,
    problems: ["route-tie"],
    publishes: true,
    handle: async (call, actor) => created(await createRoute(actor, call.input, targetOf(call)), "/routes"),
  },
  {
    method: "GET",
    path: "/routes/{id}",
    operationId: "getRoute",
    tag,
    summary: "Read a route",
    role: "viewer",
    readsChangeSet: true,
    output: RouteView,
    handle: async (call, actor) => configuration(await getRoute(actor, param(call, "id"), call.changeSet)),
  },
  {
    method: "PATCH",
    path: "/routes/{id}",
    operationId: "updateRoute",
    tag,
    summary: "Change a route",
    description:
      "Fields left out stay; those given are replaced whole. A route that led to a pool answers by itself with " +
      '`{"poolId": null, "action": {…}}`, and the other way round.',
    role: "publisher",
    input: Patch,
    output: Mutated(RouteView.shape),
    problems: ["route-tie"],
    publishes: true,
    handle: async (call, actor) => published(await updateRoute(actor, param(call, "id"), call.input, targetOf(call))),
  },
  {
    method: "DELETE",
    path: "/routes/{id}",
    operationId: "deleteRoute",
    tag,
    summary: "Remove a route",
    role: "publisher",
    status: 204,
    publishes: true,
    handle: async (call, actor) => removed(await deleteRoute(actor, param(call, "id"), targetOf(call))),
  },
];
