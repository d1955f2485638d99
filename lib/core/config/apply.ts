// Applies operations to a configuration document: the one place where configuration changes, whoever asks for it. The
// operations are carried out in order, then the rules between entities are checked once, on the result: a change set may
// pass through states that could not be published.
import {
  type ConfigDocument,
  type ConfigPool,
  NodeInput,
  type Patch,
  PoolInput,
  ProxySettings,
  RouteInput,
} from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { routeName } from "../routing/specificity.ts";
import { applyPatch } from "./patch.ts";
import { codeOf, faultOf, type Violation, violationsOf } from "./rules.ts";
import { sameDocument } from "./same.ts";
import { validateDocument } from "./validate.ts";

export interface Refusal {
  ok: false;
  code: ApiProblemCode;
  /** Paths are fields of the entity that the operation names; `[]` is the entity as a whole. */
  faults: Fault[];
  /** Index of the operation that is refused. */
  operation: number;
}
export type Applied = { ok: true; document: ConfigDocument } | Refusal;

export type Step = { ok: true; document: ConfigDocument } | { ok: false; code: ApiProblemCode; faults: Fault[] };

/**
 * The document after `operations`, or why not: `not-found` (unknown id), `duplicate-name`, `pool-in-use`, `route-tie`,
 * `conflict` (second default pool, id already used), `invalid-input`. The input is never changed; when the operations
 * change nothing, the very same document comes back.
 */
export function applyOperations(document: ConfigDocument, operations: readonly ConfigOperation[]): Applied {
  let next = document;
  const touchedBy = new Map<string, number>();
  const deletedPools = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const step = applyOperation(next, operation);
    if (!step.ok) return { ...step, operation: index };
    next = step.document;
    if (operation.op === "document.replace") {
      touchedBy.clear();
      deletedPools.clear();
      continue;
    }
    // No rule ties the proxy's own settings to anything else.
    if (operation.op === "proxy.update") continue;
    touchedBy.set(operation.id, index);
    if (operation.op === "pool.delete") deletedPools.set(operation.id, index);
  }
  if (next === document) return { ok: true, document };
  return refusalsOf(next, touchedBy, deletedPools)[0] ?? { ok: true, document: next };
}

/** The document after `operations`, whatever the rules between entities say; they must fit the document. @throws {Error} */
export function carryOut(document: ConfigDocument, operations: readonly ConfigOperation[]): ConfigDocument {
  return operations.reduce((present, operation) => {
    const step = applyOperation(present, operation);
    if (!step.ok) throw new Error(`${operation.op}: ${JSON.stringify(step.faults)}`);
    return step.document;
  }, document);
}

/**
 * The rules that the touched entities break, told from the view of the entity that was touched last: a refusal for each
 * operation and code, the first rule's first; a pool in use before all.
 * @param touchedBy entity's id → index of the operation that touched it last @param deletedPools likewise
 */
export function refusalsOf(
  document: ConfigDocument,
  touchedBy: ReadonlyMap<string, number>,
  deletedPools: ReadonlyMap<string, number>,
): Refusal[] {
  const inUse = new Map<string, Refusal>();
  const told = new Map<string, Refusal>();
  for (const violation of violationsOf(document)) {
    const { subject, other, poolId } = violation;
    const deletion = poolId === undefined ? undefined : deletedPools.get(poolId);
    const bySubject = touchedBy.get(subject.id) ?? -1;
    const byOther = other ? (touchedBy.get(other.id) ?? -1) : -1;
    if (deletion !== undefined && deletion > bySubject)
      inUse.set(poolId as string, poolInUse(document, poolId as string, deletion));
    else if (other && byOther > bySubject) tell(told, { ...violation, subject: other, other: subject }, byOther);
    else if (bySubject >= 0) tell(told, violation, bySubject);
  }
  return [...inUse.values(), ...told.values()];
}

function tell(told: Map<string, Refusal>, violation: Violation, operation: number): void {
  const code = codeOf(violation);
  const key = `${operation} ${code}`;
  const refusal = told.get(key) ?? { ok: false, code, faults: [], operation };
  refusal.faults.push(faultOf(violation));
  told.set(key, refusal);
}

function poolInUse(document: ConfigDocument, poolId: string, operation: number): Refusal {
  const names = document.routes.filter((route) => route.poolId === poolId).map(routeName);
  const message = `is used by ${names.length === 1 ? "the route" : "the routes"} ${names.join(", ")}`;
  return { ok: false, code: "pool-in-use", faults: [{ path: [], code: "pool-in-use", message }], operation };
}

/** Carries one operation out; the rules between entities are not looked at. */
export function applyOperation(document: ConfigDocument, operation: ConfigOperation): Step {
  switch (operation.op) {
    case "pool.create":
      return withPools(document, [...document.pools, { id: operation.id, ...operation.pool, nodes: [] }]);
    case "pool.update":
      return updatePool(document, operation.id, operation.patch);
    case "pool.delete":
      return document.pools.some((pool) => pool.id === operation.id)
        ? withPools(document, without(document.pools, operation.id))
        : notFound("pool");
    case "node.create": {
      const pool = document.pools.find(({ id }) => id === operation.poolId);
      if (!pool) return notFound("pool", "poolId");
      const node = { id: operation.id, ...operation.node };
      return withPools(document, replaced(document.pools, { ...pool, nodes: [...pool.nodes, node] }));
    }
    case "node.update":
      return updateNode(document, operation.id, operation.patch);
    case "node.delete": {
      const pool = poolOfNode(document, operation.id);
      if (!pool) return notFound("node");
      return withPools(document, replaced(document.pools, { ...pool, nodes: without(pool.nodes, operation.id) }));
    }
    case "route.create":
      return withRoutes(document, [...document.routes, { id: operation.id, ...operation.route }]);
    case "route.update":
      return updateRoute(document, operation.id, operation.patch);
    case "route.delete":
      return document.routes.some((route) => route.id === operation.id)
        ? withRoutes(document, without(document.routes, operation.id))
        : notFound("route");
    case "proxy.update":
      return updateProxy(document, operation.patch);
    case "document.replace":
      return sameDocument(document, operation.document) ? { ok: true, document } : validateDocument(operation.document);
  }
}

function updatePool(document: ConfigDocument, poolId: string, patch: Patch): Step {
  const pool = document.pools.find(({ id }) => id === poolId);
  if (!pool) return notFound("pool");
  const { id, nodes, ...fields } = pool;
  const patched = applyPatch(PoolInput, fields, patch);
  if (!patched.ok) return invalid(patched.faults);
  if (patched.value === fields) return { ok: true, document };
  return withPools(document, replaced(document.pools, { id, ...patched.value, nodes }));
}

function updateNode(document: ConfigDocument, nodeId: string, patch: Patch): Step {
  const pool = poolOfNode(document, nodeId);
  const node = pool?.nodes.find(({ id }) => id === nodeId);
  if (!pool || !node) return notFound("node");
  const { id, ...fields } = node;
  const patched = applyPatch(NodeInput, fields, patch);
  if (!patched.ok) return invalid(patched.faults);
  if (patched.value === fields) return { ok: true, document };
  const nodes = replaced(pool.nodes, { id, ...patched.value });
  return withPools(document, replaced(document.pools, { ...pool, nodes }));
}

function updateRoute(document: ConfigDocument, routeId: string, patch: Patch): Step {
  const route = document.routes.find(({ id }) => id === routeId);
  if (!route) return notFound("route");
  const { id, ...fields } = route;
  const patched = applyPatch(RouteInput, fields, patch);
  if (!patched.ok) return invalid(patched.faults);
  if (patched.value === fields) return { ok: true, document };
  return withRoutes(document, replaced(document.routes, { id, ...patched.value }));
}

function updateProxy(document: ConfigDocument, patch: Patch): Step {
  const patched = applyPatch(ProxySettings, document.proxy, patch);
  if (!patched.ok) return invalid(patched.faults);
  return { ok: true, document: patched.value === document.proxy ? document : { ...document, proxy: patched.value } };
}

const withPools = (document: ConfigDocument, pools: ConfigDocument["pools"]): Step => ({
  ok: true,
  document: { ...document, pools },
});
const withRoutes = (document: ConfigDocument, routes: ConfigDocument["routes"]): Step => ({
  ok: true,
  document: { ...document, routes },
});
const invalid = (faults: Fault[]): Step => ({ ok: false, code: "invalid-input", faults });
const notFound = (kind: "pool" | "node" | "route", field = "id"): Step => ({
  ok: false,
  code: "not-found",
  faults: [{ path: [field], code: "not-found", message: `no ${kind} has this id` }],
});

const poolOfNode = (document: ConfigDocument, nodeId: string): ConfigPool | undefined =>
  document.pools.find((pool) => pool.nodes.some((node) => node.id === nodeId));
const without = <T extends { id: string }>(items: readonly T[], id: string): T[] =>
  items.filter((item) => item.id !== id);
const replaced = <T extends { id: string }>(items: readonly T[], item: T): T[] =>
  items.map((present) => (present.id === item.id ? item : present));
