import {
  NodeResourceSeries,
  NodeResources,
  PushResourcesInput,
  ResourceListQuery,
  ResourcesQuery,
} from "#lib/contracts/resources.ts";
import { listOf } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { pushResources } from "#lib/services/resources/push-resources.ts";
import { listResources, readNodeResources } from "#lib/services/resources/read-resources.ts";

const tag = "Observation";

/** CPU, memory and queue of the nodes. */
export const RESOURCE_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/resources",
    operationId: "listResources",
    tag,
    summary: "CPU, memory and queue of the nodes, as they are known now",
    description:
      "Of one pool with `poolId`, else of all. What is not known has the state `missing` with its reason, and is never zero.",
    role: "viewer",
    reach: "pools",
    query: ResourceListQuery,
    output: listOf(NodeResources),
    handle: async ({ query }, actor) => ({ body: { items: await listResources(actor, query) } }),
  },
  {
    method: "GET",
    path: "/nodes/{id}/resources",
    operationId: "getNodeResources",
    tag,
    summary: "CPU, memory and queue of a node: now, and over a range",
    description:
      "At most 300 points, each the mean and the highest of its step. What was not told is null, never zero.",
    role: "viewer",
    reach: "pools",
    query: ResourcesQuery,
    output: NodeResourceSeries,
    handle: async (call, actor) => ({ body: await readNodeResources(actor, param(call, "id"), call.query) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/resources",
    operationId: "pushNodeResources",
    tag,
    summary: "Tell a node's CPU, memory and queue, as an agent",
    description:
      "Where the pool's `resources.source` is `push`; else `conflict`. Meant to come every `resources.intervalMs`: what is three of these old is missing. " +
      "More often than each 900 ms is refused. The audit has an entry when an agent begins, not of each push.",
    role: "operator",
    reach: "pools",
    input: PushResourcesInput,
    output: NodeResources,
    problems: ["conflict", "too-many-requests"],
    handle: async (call, actor) => ({ body: await pushResources(actor, param(call, "id"), call.input) }),
  },
];
