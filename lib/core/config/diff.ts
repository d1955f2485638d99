// The differences between two documents, field by field, as people read them before a publish and in the history.
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import {
  type ConfigDocument,
  type ConfigNode,
  type ConfigPool,
  type ConfigRoute,
  NodeInput,
  PoolInput,
  type ProxySettings,
  RouteInput,
} from "#lib/contracts/config.ts";
import { type ConfigChange, PROXY_ID } from "#lib/contracts/operations.ts";
import { routeName } from "../routing/specificity.ts";
import { isRecord, sameValue } from "./same.ts";
import { isSecretRef } from "./secrets.ts";

type Entity = Omit<ConfigChange, "change" | "fields"> & {
  fields: ReadonlyMap<string, unknown>;
  /** The pool that a node is in or a route leads to. */
  pool: { id: string; name: string } | null;
};

/** What someone need not choose: an added or removed entity tells only the fields that differ from these. */
const POOL_DEFAULTS = leaves(PoolInput.parse({ name: "x", algorithm: "weighted-round-robin" }), ["name", "algorithm"]);
const NODE_DEFAULTS = leaves(NodeInput.parse({ name: "x", url: "http://x" }), ["name", "url"]);
const ROUTE_DEFAULTS = leaves(RouteInput.parse({ match: {}, poolId: "00000000-0000-4000-8000-000000000000" }), [
  "poolId",
]);
const DEFAULTS = { pool: POOL_DEFAULTS, node: NODE_DEFAULTS, route: ROUTE_DEFAULTS, proxy: undefined };

/** `compareConfig` without the fields that are the same: what histories and audits tell. */
export const diffConfig = (before: ConfigDocument, after: ConfigDocument): ConfigChange[] =>
  compareConfig(before, after).map(({ pool: _pool, same: _same, ...change }) => change);

/**
 * Changes from `before` to `after`: the proxy itself, pools, then nodes, then routes; what was removed comes last of its kind.
 * Entities are the same when their ids are. Fields have dotted paths (`healthCheck.http.path`), lists are told whole, a
 * missing side is null, and pools are told by name (path `pool`). A changed order is no change.
 */
export function compareConfig(before: ConfigDocument, after: ConfigDocument): ComparedChange[] {
  const old = new Map(entitiesOf(before).map((entity) => [entity.id, entity]));
  const now = new Map(entitiesOf(after).map((entity) => [entity.id, entity]));
  const changes = [...now.values()].flatMap((entity) => changeOf(old.get(entity.id), entity));
  const removed = [...old.values()].filter(({ id }) => !now.has(id)).flatMap((entity) => changeOf(entity, undefined));
  const rank = { proxy: 0, pool: 1, node: 2, route: 3 };
  return [...changes, ...removed].toSorted((a, b) => rank[a.kind] - rank[b.kind]);
}

function changeOf(before: Entity | undefined, after: Entity | undefined): ComparedChange[] {
  const entity = after ?? before;
  if (!entity) return [];
  const { kind, id, name } = entity;
  const defaults = before && after ? undefined : DEFAULTS[kind];
  const paths = new Set([...(before?.fields.keys() ?? []), ...(after?.fields.keys() ?? [])]);
  const fields: ConfigChange["fields"] = [];
  const same: ComparedChange["same"] = [];
  for (const path of paths) {
    const was = before?.fields.get(path);
    const is = after?.fields.get(path);
    const dull = defaults?.has(path) && sameValue(defaults.get(path), was ?? is);
    if (dull || sameValue(was, is)) same.push({ path, value: is ?? was });
    else fields.push({ path, before: was ?? null, after: is ?? null });
  }
  // An added node is in its pool by name already; a route, or a node that moved, tells the pool as a field.
  if ((kind === "route" || (before && after)) && before?.pool?.id !== after?.pool?.id)
    fields.push({ path: "pool", before: before?.pool?.name ?? null, after: after?.pool?.name ?? null });
  if (before && after && fields.length === 0) return [];
  const pool = kind === "node" ? entity.pool : null;
  return [{ kind, id, name, change: !before ? "added" : !after ? "removed" : "changed", fields, pool, same }];
}

function entitiesOf(document: ConfigDocument): Entity[] {
  const poolNames = new Map(document.pools.map((pool) => [pool.id, pool.name]));
  return [
    proxyEntity(document.proxy),
    ...document.pools.flatMap((pool) => [poolEntity(pool), ...pool.nodes.map((node) => nodeEntity(pool, node))]),
    ...document.routes.map((route) => routeEntity(route, poolNames)),
  ];
}

const proxyEntity = (settings: ProxySettings): Entity => ({
  kind: "proxy",
  id: PROXY_ID,
  name: "proxy",
  fields: leaves(settings),
  pool: null,
});

function poolEntity(pool: ConfigPool): Entity {
  return { kind: "pool", id: pool.id, name: pool.name, fields: leaves(pool, ["id", "nodes"]), pool: null };
}

function nodeEntity(pool: ConfigPool, node: ConfigNode): Entity {
  const name = `${pool.name} / ${node.name}`;
  return { kind: "node", id: node.id, name, fields: leaves(node, ["id"]), pool: { id: pool.id, name: pool.name } };
}

function routeEntity(route: ConfigRoute, poolNames: ReadonlyMap<string, string>): Entity {
  const { poolId } = route;
  const pool = poolId === null ? null : { id: poolId, name: poolNames.get(poolId) ?? poolId };
  return { kind: "route", id: route.id, name: routeName(route), fields: leaves(route, ["id", "poolId"]), pool };
}

/** Dotted path → value of every leaf but the named top fields; a list is one leaf, and null is none. */
function leaves(value: object, except: readonly string[] = []): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (record: object, prefix: string): void => {
    for (const [key, field] of Object.entries(record)) {
      if (prefix === "" && except.includes(key)) continue;
      if (isRecord(field) && !isSecretRef(field)) walk(field, `${prefix}${key}.`);
      else if (field !== undefined && field !== null) found.set(`${prefix}${key}`, field);
    }
  };
  walk(value, "");
  return found;
}
