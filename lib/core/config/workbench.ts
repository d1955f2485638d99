// A document while operations change it one after the other. Each finds what it is about by its id, and lists are copied once and not
// for every operation: a file of 10,000 nodes takes 10,000 steps, and not 10,000 times 10,000.
import {
  type ConfigDocument,
  type ConfigNode,
  type ConfigPool,
  NodeInput,
  type Patch,
  PoolInput,
  ProxySettings,
  RouteInput,
} from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { Items, LOOKED_FOR } from "./items.ts";
import { applyPatch } from "./patch.ts";
import { sameDocument } from "./same.ts";
import { validateDocument } from "./validate.ts";

type Refused = { ok: false; code: ApiProblemCode; faults: Fault[] };
export type Step = { ok: true; document: ConfigDocument } | Refused;

export class Workbench {
  #before: ConfigDocument;
  /** Their nodes are those of before; the present ones of a pool that was worked on are in `#nodes`. */
  #pools: Items<ConfigPool>;
  #routes: Items<ConfigDocument["routes"][number]>;
  #proxy: ConfigDocument["proxy"];
  readonly #nodes = new Map<string, Items<ConfigNode>>();
  /** Node id → ids of the pools that hold it: one, unless something is wrong. Null until it is worth having. */
  #homes: Map<string, string[]> | null = null;
  #lookUps = 0;

  constructor(document: ConfigDocument) {
    this.#before = document;
    this.#pools = new Items(document.pools);
    this.#routes = new Items(document.routes);
    this.#proxy = document.proxy;
  }

  /** As it is now; the very same document when nothing was changed. */
  document(): ConfigDocument {
    const { pools, routes, proxy } = this.#before;
    const present = this.#pools.list();
    const isTouched = present.some(({ id }) => this.#nodes.get(id)?.isChanged);
    const next = isTouched
      ? present.map((pool) => {
          const nodes = this.#nodes.get(pool.id);
          return nodes?.isChanged ? { ...pool, nodes: nodes.list() } : pool;
        })
      : present;
    if (next === pools && this.#routes.list() === routes && this.#proxy === proxy) return this.#before;
    return { ...this.#before, pools: next, routes: this.#routes.list(), proxy: this.#proxy };
  }

  /** Carries one operation out, or says why not; the rules between entities are not looked at. */
  apply(operation: ConfigOperation): Refused | null {
    switch (operation.op) {
      case "pool.create":
        this.#pools.add({ id: operation.id, ...operation.pool, nodes: [] });
        return null;
      case "pool.update":
        return this.#updatePool(operation.id, operation.patch);
      case "pool.delete":
        return this.#deletePool(operation.id);
      case "node.create":
        return this.#createNode(operation.poolId, { id: operation.id, ...operation.node });
      case "node.update":
        return this.#updateNode(operation.id, operation.patch);
      case "node.delete":
        return this.#deleteNode(operation.id);
      case "route.create":
        this.#routes.add({ id: operation.id, ...operation.route });
        return null;
      case "route.update":
        return this.#updateRoute(operation.id, operation.patch);
      case "route.delete":
        return this.#routes.remove(operation.id) ? null : notFound("route");
      case "proxy.update":
        return this.#updateProxy(operation.patch);
      case "document.replace":
        return this.#replace(operation.document);
    }
  }

  #replace(document: ConfigDocument): Refused | null {
    if (sameDocument(this.document(), document)) return null;
    const valid = validateDocument(document);
    if (!valid.ok) return valid;
    this.#before = valid.document;
    this.#pools = new Items(valid.document.pools);
    this.#routes = new Items(valid.document.routes);
    this.#proxy = valid.document.proxy;
    this.#nodes.clear();
    this.#homes = null;
    return null;
  }

  #nodesOf(pool: ConfigPool): Items<ConfigNode> {
    const known = this.#nodes.get(pool.id) ?? new Items(pool.nodes);
    this.#nodes.set(pool.id, known);
    return known;
  }

  /** The first pool that holds the node; of it only who it is. */
  homeOf(nodeId: string): ConfigPool | undefined {
    if (this.#homes === null && ++this.#lookUps > LOOKED_FOR) this.#indexHomes();
    const [only, other] = this.#homes?.get(nodeId) ?? [];
    if (this.#homes === null || other !== undefined)
      return this.#pools.list().find((pool) => this.#listOf(pool).some(({ id }) => id === nodeId));
    return only === undefined ? undefined : this.#pools.find(only);
  }

  #listOf = (pool: ConfigPool): readonly ConfigNode[] => this.#nodes.get(pool.id)?.list() ?? pool.nodes;

  #indexHomes(): void {
    this.#homes = new Map();
    for (const pool of this.#pools.list()) for (const { id } of this.#listOf(pool)) this.#movedIn(id, pool.id);
  }
  #movedIn(nodeId: string, poolId: string): void {
    const homes = this.#homes?.get(nodeId) ?? [];
    this.#homes?.set(nodeId, homes.includes(poolId) ? homes : [...homes, poolId]);
  }
  #movedOut(nodeId: string, poolId: string): void {
    const homes = this.#homes?.get(nodeId)?.filter((home) => home !== poolId) ?? [];
    if (homes.length > 0) this.#homes?.set(nodeId, homes);
    else this.#homes?.delete(nodeId);
  }

  #updatePool(poolId: string, patch: Patch): Refused | null {
    const pool = this.#pools.find(poolId);
    if (!pool) return notFound("pool");
    const { id, nodes, ...fields } = pool;
    const patched = applyPatch(PoolInput, fields, patch);
    if (!patched.ok) return invalid(patched.faults);
    if (patched.value !== fields) this.#pools.put({ id, ...patched.value, nodes });
    return null;
  }

  #deletePool(poolId: string): Refused | null {
    if (!this.#pools.remove(poolId)) return notFound("pool");
    this.#nodes.delete(poolId);
    this.#homes = null;
    return null;
  }

  #createNode(poolId: string, node: ConfigNode): Refused | null {
    const pool = this.#pools.find(poolId);
    if (!pool) return notFound("pool", "poolId");
    this.#nodesOf(pool).add(node);
    this.#movedIn(node.id, poolId);
    return null;
  }

  #updateNode(nodeId: string, patch: Patch): Refused | null {
    const pool = this.homeOf(nodeId);
    const nodes = pool && this.#nodesOf(pool);
    const node = nodes?.find(nodeId);
    if (!nodes || !node) return notFound("node");
    const { id, ...fields } = node;
    const patched = applyPatch(NodeInput, fields, patch);
    if (!patched.ok) return invalid(patched.faults);
    if (patched.value !== fields) nodes.put({ id, ...patched.value });
    return null;
  }

  #deleteNode(nodeId: string): Refused | null {
    const pool = this.homeOf(nodeId);
    if (!pool) return notFound("node");
    this.#nodesOf(pool).remove(nodeId);
    this.#movedOut(nodeId, pool.id);
    return null;
  }

  #updateRoute(routeId: string, patch: Patch): Refused | null {
    const route = this.#routes.find(routeId);
    if (!route) return notFound("route");
    const { id, ...fields } = route;
    const patched = applyPatch(RouteInput, fields, patch);
    if (!patched.ok) return invalid(patched.faults);
    if (patched.value !== fields) this.#routes.put({ id, ...patched.value });
    return null;
  }

  #updateProxy(patch: Patch): Refused | null {
    const patched = applyPatch(ProxySettings, this.#proxy, patch);
    if (!patched.ok) return invalid(patched.faults);
    this.#proxy = patched.value;
    return null;
  }
}

const invalid = (faults: Fault[]): Refused => ({ ok: false, code: "invalid-input", faults });
const notFound = (kind: "pool" | "node" | "route", field = "id"): Refused => ({
  ok: false,
  code: "not-found",
  faults: [{ path: [field], code: "not-found", message: `no ${kind} has this id` }],
});
