// What no single entity's schema can say: rules between the entities of a document. Written once, as pairs of entities
// that cannot both be there; edits tell them at the edited entity, whole documents at their place in the document.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import { routeName, tiesOf } from "../routing/specificity.ts";
import { nameKey } from "./same.ts";

export interface EntityRef {
  kind: "pool" | "node" | "route";
  id: string;
  name: string;
  /** Where it is in the document. */
  path: Fault["path"];
}
export type Rule =
  | "duplicate-id"
  | "duplicate-name"
  | "second-default"
  | "unknown-pool"
  | "unknown-class"
  | "route-tie";
export interface Violation {
  rule: Rule;
  subject: EntityRef;
  /** The entity it collides with; none for an unknown pool. */
  other: EntityRef | null;
  /** `unknown-pool` only. */
  poolId?: string;
  /** `unknown-class` only: what the route calls it. */
  className?: string;
}

const CODE_OF_RULE = {
  "duplicate-id": "conflict",
  "duplicate-name": "duplicate-name",
  "second-default": "conflict",
  "unknown-pool": "invalid-input",
  "unknown-class": "invalid-input",
  "route-tie": "route-tie",
} as const satisfies Record<Rule, ApiProblemCode>;
const FIELD_OF_RULE = {
  "duplicate-id": "id",
  "duplicate-name": "name",
  "second-default": "isDefault",
  "unknown-pool": "poolId",
  "unknown-class": "requestClass",
  "route-tie": "match",
} as const satisfies Record<Rule, string>;

export const codeOf = (violation: Violation): ApiProblemCode => CODE_OF_RULE[violation.rule];

/** The violation as a fault of its subject, at `path` (of the subject; nothing: the field alone). */
export const faultOf = (violation: Violation, path: Fault["path"] = []): Fault => ({
  path: [...path, fieldOf(violation)],
  code: violation.rule,
  message: messageOf(violation),
});

/** A class that a route needs is told at the pool when it was the pool that changed. */
const fieldOf = ({ rule, subject }: Violation): string =>
  rule === "unknown-class" && subject.kind === "pool" ? "classes" : FIELD_OF_RULE[rule];

function messageOf({ rule, subject, other, className }: Violation): string {
  switch (rule) {
    case "duplicate-id":
      return `another ${other?.kind} has this id: ${other?.name}`;
    case "duplicate-name":
      return `another ${subject.kind} is already called ${other?.name}`;
    case "second-default":
      return `${other?.name} is already the default pool`;
    case "unknown-pool":
      return "no pool has this id";
    case "unknown-class":
      return subject.kind === "pool"
        ? `the route ${other?.name} needs the class ${className}`
        : `the pool ${other?.name} has no class ${className}`;
    case "route-tie":
      return `ties with the route ${other?.name}: a request could match both, and neither is more specific`;
  }
}

/** Every violation in a document whose entities are each valid. Linear in their number. */
export function violationsOf(document: ConfigDocument): Violation[] {
  const violations: Violation[] = [];
  const pools = document.pools.map((pool, at) => refOf("pool", pool, pool.name, ["pools", at]));
  const nodes = document.pools.map((pool, at) =>
    pool.nodes.map((node, index) => refOf("node", node, node.name, ["pools", at, "nodes", index])),
  );
  const routes = document.routes.map((route, at) => refOf("route", route, routeName(route), ["routes", at]));
  violations.push(...repeated("duplicate-id", [...pools, ...nodes.flat(), ...routes], (ref) => ref.id));
  violations.push(...repeated("duplicate-name", pools, (ref) => nameKey(ref.name)));
  for (const list of nodes) violations.push(...repeated("duplicate-name", list, (ref) => nameKey(ref.name)));
  const defaults = pools.filter((_, at) => document.pools[at]?.isDefault);
  violations.push(...repeated("second-default", defaults, () => "default"));
  const poolIds = new Set(document.pools.map((pool) => pool.id));
  for (const [at, route] of document.routes.entries())
    if (route.poolId !== null && !poolIds.has(route.poolId))
      violations.push({ rule: "unknown-pool", subject: routes[at] as EntityRef, other: null, poolId: route.poolId });
  violations.push(...unknownClasses(document, pools, routes));
  const routeRefs = new Map(routes.map((ref) => [ref.id, ref]));
  for (const [earlier, later] of tiesOf(document.routes)) {
    const subject = routeRefs.get(later.id) as EntityRef;
    violations.push({ rule: "route-tie", subject, other: routeRefs.get(earlier.id) as EntityRef });
  }
  return violations;
}

function unknownClasses(
  document: ConfigDocument,
  pools: readonly EntityRef[],
  routes: readonly EntityRef[],
): Violation[] {
  const places = new Map(document.pools.map(({ id }, place) => [id, place]));
  return document.routes.flatMap(({ poolId, requestClass }, at) => {
    const place = places.get(poolId ?? "");
    if (requestClass === "" || place === undefined) return [];
    if (document.pools[place]?.classes.some(({ name }) => name === requestClass)) return [];
    const [subject, other] = [routes[at] as EntityRef, pools[place] as EntityRef];
    return { rule: "unknown-class" as const, subject, other, className: requestClass };
  });
}

const refOf = (kind: EntityRef["kind"], { id }: { id: string }, name: string, path: Fault["path"]): EntityRef => ({
  kind,
  id,
  name,
  path,
});

function repeated(rule: Rule, refs: readonly EntityRef[], keyOf: (ref: EntityRef) => string): Violation[] {
  const first = new Map<string, EntityRef>();
  const violations: Violation[] = [];
  for (const subject of refs) {
    const key = keyOf(subject);
    const other = first.get(key);
    if (other) violations.push({ rule, subject, other });
    else first.set(key, subject);
  }
  return violations;
}
