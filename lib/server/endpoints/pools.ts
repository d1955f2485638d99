import { Patch, PoolCreate } from "#lib/contracts/config.ts";
import { listOf, Mutated, PoolView } from "#lib/contracts/views.ts";
import { configuration, created, published, removed } from "#lib/server/answers.ts";
import { type Endpoint, param, targetOf } from "#lib/server/endpoint.ts";
import { createPool } from "#lib/services/pools/create-pool.ts";
import { deletePool } from "#lib/services/pools/delete-pool.ts";
import { getPool, listPools } from "#lib/services/pools/read-pools.ts";
import { updatePool } from "#lib/services/pools/update-pool.ts";

const tag = "Pools";

export const POOL_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/pools",
    operationId: "listPools",
    tag,
    summary: "List the pools with their nodes",
    role: "viewer",
    readsChangeSet: true,
    reach: "pools",
    output: listOf(PoolView),
    handle: async (call, actor) => {
      const pools = await listPools(actor, call.changeSet);
      return configuration(pools, { items: pools.entity });
    },
  },
  {
    method: "POST",
    path: "/pools",
    operationId: "createPool",
    tag,
    summary: "Create a pool, with its first nodes if wanted",
    description: "Name and algorithm are enough; every other setting has a default. Pool and nodes are one revision.",
    role: "publisher",
    input: PoolCreate,
    output: Mutated(PoolView.shape),
    status: 201,
    problems: ["duplicate-name", "conflict"],
    publishes: true,
    handle: async (call, actor) => created(await createPool(actor, call.input, targetOf(call)), "/pools"),
  },
  {
    method: "GET",
    path: "/pools/{id}",
    operationId: "getPool",
    tag,
    summary: "Read a pool with its nodes",
    role: "viewer",
    readsChangeSet: true,
    reach: "pools",
    output: PoolView,
    handle: async (call, actor) => configuration(await getPool(actor, param(call, "id"), call.changeSet)),
  },
  {
    method: "PATCH",
    path: "/pools/{id}",
    operationId: "updatePool",
    tag,
    summary: "Change settings of a pool",
    description: "Fields left out stay; groups of settings (breaker, healthCheck, ...) are merged one level deep.",
    role: "publisher",
    reach: "pools",
    input: Patch,
    output: Mutated(PoolView.shape),
    problems: ["duplicate-name", "conflict"],
    publishes: true,
    handle: async (call, actor) => published(await updatePool(actor, param(call, "id"), call.input, targetOf(call))),
  },
  {
    method: "DELETE",
    path: "/pools/{id}",
    operationId: "deletePool",
    tag,
    summary: "Remove a pool with its nodes",
    role: "publisher",
    reach: "pools",
    status: 204,
    problems: ["pool-in-use"],
    publishes: true,
    handle: async (call, actor) => removed(await deletePool(actor, param(call, "id"), targetOf(call))),
  },
];
