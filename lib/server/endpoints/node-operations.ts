import { pageOf } from "#lib/contracts/common.ts";
import {
  NodeOperationResults,
  NodeOperationsInput,
  Preflight,
  PreflightInput,
} from "#lib/contracts/node-operations.ts";
import {
  DrainInput,
  EmptyInput,
  HealthEvent,
  HealthEventQuery,
  MaintenanceInput,
  TripInput,
} from "#lib/contracts/runtime.ts";
import { listOf, NodeChecksView, NodeView, ProbeView } from "#lib/contracts/views.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { resetBreaker, tripBreaker } from "#lib/services/nodes/breaker-node.ts";
import { drainNode } from "#lib/services/nodes/drain-node.ts";
import { listNodeChecks } from "#lib/services/nodes/list-node-checks.ts";
import { listNodeEvents } from "#lib/services/nodes/list-node-events.ts";
import { maintainNode } from "#lib/services/nodes/maintenance-node.ts";
import { operateNodes } from "#lib/services/nodes/operate-nodes.ts";
import { preflight } from "#lib/services/nodes/preflight.ts";
import { probeNode } from "#lib/services/nodes/probe-node.ts";
import { readyNode } from "#lib/services/nodes/ready-node.ts";
import { resetQuota } from "#lib/services/nodes/reset-quota.ts";
import { skipWarmUp, warmUpNode } from "#lib/services/nodes/warm-up-node.ts";

const tag = "Node operations";

/** Runtime operations: immediate, audited, pushed to every worker, in no revision. */
export const NODE_OPERATION_ENDPOINTS: Endpoint[] = [
  {
    method: "POST",
    path: "/nodes/preflight",
    operationId: "preflightNodes",
    tag,
    summary: "What is left when nodes are taken out of service",
    description:
      "Changes nothing. For each pool what serves before and after all of the nodes are gone together, and whether that needs `override`; for each node what is in flight, in about how long that is over, and how many sessions are bound to it, where they are counted (learned ones).",
    role: "viewer",
    reach: "pools",
    input: PreflightInput,
    output: Preflight,
    problems: ["not-found"],
    handle: async (call, actor) => ({ body: await preflight(actor, call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/operations",
    operationId: "operateNodes",
    tag,
    summary: "Carry out an operation on many nodes, with a result for each",
    description:
      "`drain`, `ready`, `maintenance`, `warm-up`, `skip-warm-up`, `trip-breaker` or `reset-breaker` on at most 1,000 nodes. Whether it is safe is judged once, for all of them together, before anything is done: `unsafe-operation` unless `override` is true. Then each node is done by itself, audited by itself, and one that fails undoes no other.",
    role: "operator",
    reach: "pools",
    input: NodeOperationsInput,
    output: NodeOperationResults,
    problems: ["unsafe-operation"],
    handle: async (call, actor) => ({ body: await operateNodes(actor, call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/drain",
    operationId: "drainNode",
    tag,
    summary: "Send no new requests; let those in flight finish",
    description:
      "What is still in flight after `timeoutMs` (the pool's `drainTimeoutMs` unless given) is cut; 0 cuts it at once. With `keepSessions` requests of sessions bound to the node still go there until then. What leaves a pool to which requests lead without a usable node, or with fewer slots than its busiest moment of the last hour took, answers `unsafe-operation` unless `override` is true.",
    role: "operator",
    reach: "pools",
    input: DrainInput,
    output: NodeView,
    problems: ["unsafe-operation"],
    handle: async (call, actor) => ({ body: await drainNode(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/ready",
    operationId: "readyNode",
    tag,
    summary: "Take requests again",
    description: "Cancels a drain, or ends a maintenance.",
    role: "operator",
    reach: "pools",
    input: EmptyInput,
    output: NodeView,
    handle: async (call, actor) => ({ body: await readyNode(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/maintenance",
    operationId: "maintainNode",
    tag,
    summary: "No requests and no probes until it is made ready",
    description: "Needs `override` where a drain does.",
    role: "operator",
    reach: "pools",
    input: MaintenanceInput,
    output: NodeView,
    problems: ["unsafe-operation"],
    handle: async (call, actor) => ({ body: await maintainNode(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/warm-up",
    operationId: "warmUpNode",
    tag,
    summary: "Ramp the weight up from its start",
    description: "Begins again when a ramp is under way. A node in drain or maintenance answers `conflict`.",
    role: "operator",
    reach: "pools",
    input: EmptyInput,
    output: NodeView,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await warmUpNode(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/skip-warm-up",
    operationId: "skipWarmUp",
    tag,
    summary: "End the ramp: the whole weight at once",
    description: "A node that does not warm up answers `conflict`.",
    role: "operator",
    reach: "pools",
    input: EmptyInput,
    output: NodeView,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await skipWarmUp(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/trip-breaker",
    operationId: "tripBreaker",
    tag,
    summary: "Open the node's breaker by hand",
    description:
      "In every proxy process, for `forMs` (five minutes unless given); then it makes its trials as after any opening. A pool whose breaker is turned off answers `conflict`. Needs `override` where a drain does.",
    role: "operator",
    reach: "pools",
    input: TripInput,
    output: NodeView,
    problems: ["conflict", "unsafe-operation"],
    handle: async (call, actor) => ({ body: await tripBreaker(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/reset-breaker",
    operationId: "resetBreaker",
    tag,
    summary: "Close the node's breaker, whatever it has seen",
    role: "operator",
    reach: "pools",
    input: EmptyInput,
    output: NodeView,
    handle: async (call, actor) => ({ body: await resetBreaker(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/reset-quota",
    operationId: "resetQuota",
    tag,
    summary: "Start the present span of the node's quota anew, with nothing used",
    description:
      "For all workers, within a second. What proxy processes had in hand may be spent besides. A node without a quota answers `conflict`.",
    role: "operator",
    reach: "pools",
    input: EmptyInput,
    output: NodeView,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await resetQuota(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/nodes/{id}/probe",
    operationId: "probeNode",
    tag,
    summary: "Check all levels now, and tell what each worker found",
    description:
      "Counts as any other check; of a node in maintenance, or of a pool whose checks are off, it counts for nothing. " +
      "`conflict` when no worker is alive, `no-worker-answer` when none answers in time.",
    role: "operator",
    reach: "pools",
    input: EmptyInput,
    output: ProbeView,
    problems: ["conflict", "no-worker-answer"],
    handle: async (call, actor) => ({ body: await probeNode(actor, param(call, "id"), call.input) }),
  },
  {
    method: "GET",
    path: "/nodes/{id}/checks",
    operationId: "listNodeChecks",
    tag,
    summary: "What each live worker's checks found last, level by level",
    description:
      "`recent` are the last checks, the oldest first: `+` passed, `t`, `h`, `b`, `g` the level that failed.",
    role: "viewer",
    reach: "pools",
    output: listOf(NodeChecksView),
    handle: async (call, actor) => ({ body: { items: await listNodeChecks(actor, param(call, "id")) } }),
  },
  {
    method: "GET",
    path: "/nodes/{id}/events",
    operationId: "listNodeEvents",
    tag,
    summary: "What happened to a node, newest first",
    role: "viewer",
    reach: "pools",
    query: HealthEventQuery,
    output: pageOf(HealthEvent),
    handle: async (call, actor) => ({ body: await listNodeEvents(actor, param(call, "id"), call.query) }),
  },
];
