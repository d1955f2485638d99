import { BulkNodes, BulkNodesInput } from "#lib/contracts/bulk.ts";
import { NodeInput, Patch } from "#lib/contracts/config.ts";
import { listOf, Mutated, NodeView } from "#lib/contracts/views.ts";
import { configuration, created, published, removed } from "#lib/server/answers.ts";
import { type Endpoint, param, targetOf } from "#lib/server/endpoint.ts";
import { changeNodes } from "#lib/services/nodes/change-nodes.ts";
import { createNode } from "#lib/services/nodes/create-node.ts";
import { deleteNode } from "#lib/services/nodes/delete-node.ts";
import { getNode, listNodes } from "#lib/services/nodes/read-nodes.ts";
import { updateNode } from "#lib/services/nodes/update-node.ts";

const tag = "Nodes";

export const NODE_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/nodes",
    operationId: "listNodes",
    tag,
    summary: "List the nodes of all pools",
    role: "viewer",
    readsChangeSet: true,
    reach: "pools",
    output: listOf(NodeView),
    handle: async (call, actor) => {
      const nodes = await listNodes(actor, call.changeSet);
      return configuration(nodes, { items: nodes.entity });
    },
  },
  {
    method: "GET",
    path: "/pools/{id}/nodes",
    operationId: "listPoolNodes",
    tag,
    summary: "List the nodes of a pool",
    role: "viewer",
    readsChangeSet: true,
    reach: "pools",
    output: listOf(NodeView),
    handle: async (call, actor) => {
      const nodes = await listNodes(actor, call.changeSet, param(call, "id"));
      return configuration(nodes, { items: nodes.entity });
    },
  },
  {
    method: "POST",
    path: "/pools/{id}/nodes",
    operationId: "createNode",
    tag,
    summary: "Add a node to a pool",
    role: "publisher",
    reach: "pools",
    input: NodeInput,
    output: Mutated(NodeView.shape),
    status: 201,
    problems: ["duplicate-name"],
    publishes: true,
    handle: async (call, actor) =>
      created(await createNode(actor, param(call, "id"), call.input, targetOf(call)), "/nodes"),
  },
  {
    method: "POST",
    path: "/nodes/bulk",
    operationId: "changeNodes",
    tag,
    summary: "Create, change and delete many nodes as one revision",
    description:
      "In the given order, all or none; every fault of every change is told at its path. At most 1,000 changes and 1 MiB. Answers each node as it is now, null for one that was deleted.",
    role: "publisher",
    reach: "pools",
    input: BulkNodesInput,
    output: BulkNodes,
    problems: ["duplicate-name", "not-found"],
    publishes: true,
    handle: async (call, actor) => published(await changeNodes(actor, call.input, targetOf(call))),
  },
  {
    method: "GET",
    path: "/nodes/{id}",
    operationId: "getNode",
    tag,
    summary: "Read a node with its facts and status",
    role: "viewer",
    readsChangeSet: true,
    reach: "pools",
    output: NodeView,
    handle: async (call, actor) => configuration(await getNode(actor, param(call, "id"), call.changeSet)),
  },
  {
    method: "PATCH",
    path: "/nodes/{id}",
    operationId: "updateNode",
    tag,
    summary: "Change settings of a node",
    description: "Fields left out stay.",
    role: "publisher",
    reach: "pools",
    input: Patch,
    output: Mutated(NodeView.shape),
    problems: ["duplicate-name"],
    publishes: true,
    handle: async (call, actor) => published(await updateNode(actor, param(call, "id"), call.input, targetOf(call))),
  },
  {
    method: "DELETE",
    path: "/nodes/{id}",
    operationId: "deleteNode",
    tag,
    summary: "Remove a node",
    description: "Requests in flight on it may finish. Drain it first to see it empty.",
    role: "publisher",
    reach: "pools",
    status: 204,
    publishes: true,
    handle: async (call, actor) => removed(await deleteNode(actor, param(call, "id"), targetOf(call))),
  },
];
