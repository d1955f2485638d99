// From a file to the operations that make the configuration in force what the file says. What a file does not hold is deleted
// only if that is asked for, and a section that it does not have is left alone. Known entities keep their id and their
// place, new ones come last: the order in a file says nothing, so that applying it twice changes nothing.
import type { ConfigDocument, ConfigNode, ConfigPool, ConfigRoute } from "#lib/contracts/config.ts";
import type { ConfigFile, FileNode, FilePool, FileRoute, OmittedEntity } from "#lib/contracts/config-file.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { nameKey, sameValue } from "../config/same.ts";
import { routeName } from "../routing/specificity.ts";
import { type Described, keyOfName, type Match, type Matched, matchEntities } from "./match.ts";
import { poolOfRoute, routeKey } from "./routes.ts";

export type PlanOptions = {
  /** Whether what the file does not hold is deleted. */
  prune: boolean;
  /** Ids for what is new. */
  newId: () => string;
};
export interface Plan {
  operations: ConfigOperation[];
  /** Id → place in the file, of everything that the file holds. */
  places: ReadonlyMap<string, Fault["path"]>;
  omitted: OmittedEntity[];
  /** What stands in the way; the operations are worth nothing then. */
  faults: Fault[];
}

interface PlannedPool extends Match<FilePool, ConfigPool> {
  nodes: Matched<FileNode, NodeInPool>;
}
type NodeInPool = ConfigNode & { poolId: string };

/** What `file` asks of `document`. Rules between entities are for the result to keep (lib/core/config/rules.ts). */
export function planFile(document: ConfigDocument, file: ConfigFile, { prune, newId }: PlanOptions): Plan {
  const { pools, faults } = matchPools(document, file.pools ?? [], newId);
  const routes = matchRoutes(document, file.routes ?? [], newId);
  const places = new Map<string, Fault["path"]>();
  for (const match of [...pools, ...pools.flatMap(({ nodes }) => nodes.matches), ...routes.matches])
    places.set(match.id, match.path);
  const omitted = omittedOf(document, file, pools, places, prune ? "deleted" : "kept");
  const names = poolNames(
    document,
    pools,
    new Set(omitted.filter(({ fate }) => fate === "deleted").map(({ id }) => id)),
  );
  const written = routes.matches.map((match) => ({ match, target: poolOfRoute(match.described, names) }));
  const unknown = written.flatMap(({ match, target }) =>
    target.ok ? [] : [{ path: [...match.path, "pool"], code: "unknown-pool", message: target.message }],
  );
  return {
    operations: [
      ...proxyOperations(document, file),
      ...removals(pools, omitted),
      ...pools.flatMap(poolOperations),
      ...written.flatMap(({ match, target }) => (target.ok ? routeOperations(match, target.poolId) : [])),
    ],
    places,
    omitted,
    faults: [...faults, ...pools.flatMap(({ nodes }) => nodes.faults), ...routes.faults, ...unknown],
  };
}

function matchPools(document: ConfigDocument, list: readonly FilePool[], newId: () => string) {
  const byId = new Map(document.pools.map((pool) => [pool.id, pool]));
  const nodesById = new Map(
    document.pools.flatMap((pool) => pool.nodes.map((node) => [node.id, { ...node, poolId: pool.id }] as const)),
  );
  const common = { keyOf: keyOfName, claimed: claimedIds(list), seen: new Map<string, string>() };
  const nodes = list.flatMap((pool) => pool.nodes ?? []);
  const ofNodes = { ...common, kind: "node" as const, byId: nodesById, claimed: claimedIds(nodes), seen: new Map() };
  const candidates = { ...common, kind: "pool" as const, byId, named: document.pools };
  const { matches, faults } = matchEntities(list, ["pools"], candidates, newId);
  const pools = matches.map((match): PlannedPool => {
    const named = match.known?.nodes.map(({ id }) => nodesById.get(id) as NodeInPool) ?? [];
    const path = [...match.path, "nodes"];
    return { ...match, nodes: matchEntities(match.described.nodes ?? [], path, { ...ofNodes, named }, newId) };
  });
  return { pools, faults };
}

const claimedIds = (list: readonly Described[]): ReadonlySet<string> => new Set(list.flatMap(({ id }) => id ?? []));

/** Names of routes are not unique: one that is not tells nothing. Then a route is known by what it matches. */
function matchRoutes(document: ConfigDocument, list: readonly FileRoute[], newId: () => string) {
  const byId = new Map(document.routes.map((route) => [route.id, route]));
  const times = new Map<string, number>();
  for (const { name } of list) times.set(nameKey(name), (times.get(nameKey(name)) ?? 0) + 1);
  const keyOf = ({ name }: Described) => (name !== "" && times.get(nameKey(name)) === 1 ? nameKey(name) : null);
  const common = { kind: "route" as const, byId, named: document.routes, keyOf };
  const claimed = claimedIds(list);
  const byName = matchEntities(list, ["routes"], { ...common, claimed, seen: new Map() }, newId);
  const taken = new Set([...claimed, ...byName.matches.map(({ id }) => id)]);
  const byMatch = new Map(document.routes.filter(({ id }) => !taken.has(id)).map((route) => [routeKey(route), route]));
  const matches = byName.matches.map((match): Match<FileRoute, ConfigRoute> => {
    const key = routeKey(match.described);
    const known = match.known === null && match.described.id === undefined ? byMatch.get(key) : undefined;
    if (!known) return match;
    byMatch.delete(key);
    return { ...match, id: known.id, known };
  });
  return { matches, faults: byName.faults };
}

/** What is in force and in a section of the file, but not in the file. */
function omittedOf(
  document: ConfigDocument,
  file: ConfigFile,
  pools: readonly PlannedPool[],
  places: ReadonlyMap<string, Fault["path"]>,
  fate: OmittedEntity["fate"],
): OmittedEntity[] {
  const omitted: OmittedEntity[] = [];
  const tell = (kind: OmittedEntity["kind"], id: string, name: string) => {
    if (!places.has(id)) omitted.push({ kind, id, name, fate });
  };
  if (file.pools) for (const { id, name } of document.pools) tell("pool", id, name);
  for (const { known, described } of pools)
    if (known && described.nodes) for (const { id, name } of known.nodes) tell("node", id, `${known.name} / ${name}`);
  if (file.routes) for (const route of document.routes) tell("route", route.id, routeName(route));
  return omitted;
}

/** Names of the pools that there will be → their ids. */
function poolNames(document: ConfigDocument, pools: readonly PlannedPool[], deleted: ReadonlySet<string>) {
  const named = new Map<string, string>();
  const inFile = new Set(pools.map(({ id }) => id));
  for (const { id, name } of document.pools) if (!deleted.has(id) && !inFile.has(id)) named.set(nameKey(name), id);
  for (const { id, described } of pools) named.set(nameKey(described.name), id);
  return named;
}

function proxyOperations(document: ConfigDocument, { proxy }: ConfigFile): ConfigOperation[] {
  if (!proxy || sameValue(proxy, document.proxy)) return [];
  const gone = Object.keys(document.proxy.alertRules).filter((key) => !Object.hasOwn(proxy.alertRules, key));
  const alertRules = { ...Object.fromEntries(gone.map((key) => [key, null])), ...proxy.alertRules };
  return [{ op: "proxy.update", patch: { ...proxy, alertRules } }];
}

/** Before anything is made, so that a node which moves may come into its new pool; a pool takes its nodes along. */
function removals(pools: readonly PlannedPool[], omitted: readonly OmittedEntity[]): ConfigOperation[] {
  const moved = pools.flatMap(({ id: poolId, nodes }) =>
    nodes.matches.flatMap(({ id, known }) =>
      known && known.poolId !== poolId ? [{ op: "node.delete" as const, id }] : [],
    ),
  );
  const gone = omitted.filter(({ fate }) => fate === "deleted");
  const ofKind = (kind: OmittedEntity["kind"]) => gone.filter((entity) => entity.kind === kind);
  return [
    ...ofKind("route").map(({ id }) => ({ op: "route.delete" as const, id })),
    ...moved,
    ...ofKind("node").map(({ id }) => ({ op: "node.delete" as const, id })),
    ...ofKind("pool").map(({ id }) => ({ op: "pool.delete" as const, id })),
  ];
}

function poolOperations({ id, known, described, nodes }: PlannedPool): ConfigOperation[] {
  const { id: _, nodes: _nodes, ...pool } = described;
  const own: ConfigOperation[] = [];
  if (!known) own.push({ op: "pool.create", id, pool });
  else {
    const { id: _id, nodes: _known, ...present } = known;
    if (!sameValue(present, pool)) own.push({ op: "pool.update", id, patch: pool });
  }
  return [...own, ...nodes.matches.flatMap((match) => nodeOperations(match, id))];
}

function nodeOperations({ id, known, described }: Match<FileNode, NodeInPool>, poolId: string): ConfigOperation[] {
  const { id: _, ...node } = described;
  if (known?.poolId !== poolId) return [{ op: "node.create", id, poolId, node }];
  const { id: _id, poolId: _pool, ...present } = known;
  return sameValue(present, node) ? [] : [{ op: "node.update", id, patch: node }];
}

function routeOperations(
  { id, known, described }: Match<FileRoute, ConfigRoute>,
  poolId: string | null,
): ConfigOperation[] {
  const { id: _, pool: _pool, ...fields } = described;
  const route = { ...fields, poolId };
  if (!known) return [{ op: "route.create", id, route }];
  const { id: _id, ...present } = known;
  return sameValue(present, route) ? [] : [{ op: "route.update", id, patch: route }];
}
