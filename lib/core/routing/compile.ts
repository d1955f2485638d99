// Compiles a configuration's routes for matching in time that does not grow with their number. Hosts without wildcard are
// looked up by name. Wildcards and prefixes are looked up by a rolling hash taken while walking the host backwards or the
// path forwards, and compared in full after a hit: unlike maps of substrings, that allocates nothing for a request.
import type { ConfigDocument, ConfigRoute } from "#lib/contracts/config.ts";
import { conditionCount, normalHost, normalPrefix } from "./specificity.ts";

/** Where a request goes: to a pool, or to what the route answers by itself. */
export interface RouteTarget {
  /** Null: the route answers by itself. */
  readonly poolId: string | null;
  /** Null when the default pool took the request. */
  readonly routeId: string | null;
}
export interface CompiledRoute {
  readonly method: string | undefined;
  /** Lower-case name and exact value. */
  readonly headers: readonly (readonly [string, string])[];
  readonly target: RouteTarget;
}
/** Routes of one prefix, those with the most conditions first. */
export interface PrefixRoutes {
  readonly prefix: string;
  readonly routes: readonly CompiledRoute[];
}
/** Routes of one host, or of one wildcard, or of any host. */
export interface HostRoutes {
  readonly everyPath: readonly CompiledRoute[];
  readonly byPrefix: ReadonlyMap<number, readonly PrefixRoutes[]>;
  readonly longestPrefix: number;
}
export interface WildcardRoutes {
  /** `.example.org` for `*.example.org`. */
  readonly suffix: string;
  readonly routes: HostRoutes;
}
export interface RouteTable {
  readonly byHost: ReadonlyMap<string, HostRoutes>;
  readonly byWildcard: ReadonlyMap<number, readonly WildcardRoutes[]>;
  readonly longestSuffix: number;
  readonly anyHost: HostRoutes;
  readonly fallback: RouteTarget | null;
  /** Every target there is: what else is to be known of one is kept by its identity. */
  readonly targets: readonly RouteTarget[];
}

/** One step of the rolling hash; 30 bits, so that it stays a small integer and is never boxed. */
export const hashStep = (hash: number, charCode: number): number => (Math.imul(hash, 31) + charCode) & 0x3fff_ffff;

/** Compiles the routes of a valid document. Should two routes tie after all, the earlier one is kept ahead. */
export function compileRoutes(document: Pick<ConfigDocument, "pools" | "routes">): RouteTable {
  const targets = new Map<string, RouteTarget>(
    document.routes.map(({ id, poolId }) => [id, { poolId, routeId: id }] as const),
  );
  const exact = new Map<string, ConfigRoute[]>();
  const wildcards = new Map<string, ConfigRoute[]>();
  const anyHost: ConfigRoute[] = [];
  for (const route of document.routes) {
    const host = normalHost(route.match.host ?? "");
    if (host === "") anyHost.push(route);
    else if (host.startsWith("*.")) pushTo(wildcards, host.slice(1), route);
    else pushTo(exact, host, route);
  }
  const byWildcard = new Map<number, WildcardRoutes[]>();
  for (const [suffix, routes] of wildcards)
    pushTo(byWildcard, hashBackwards(suffix), { suffix, routes: compileHost(routes, targets) });
  const defaultPool = document.pools.find((pool) => pool.isDefault);
  const fallback = defaultPool ? { poolId: defaultPool.id, routeId: null } : null;
  return {
    byHost: new Map([...exact].map(([host, routes]) => [host, compileHost(routes, targets)])),
    byWildcard,
    longestSuffix: longest(wildcards.keys()),
    anyHost: compileHost(anyHost, targets),
    fallback,
    targets: fallback ? [...targets.values(), fallback] : [...targets.values()],
  };
}

type Targets = ReadonlyMap<string, RouteTarget>;

function compileHost(routes: readonly ConfigRoute[], targets: Targets): HostRoutes {
  const groups = new Map<string, ConfigRoute[]>();
  for (const route of routes) pushTo(groups, normalPrefix(route.match.pathPrefix), route);
  const everyPath = groups.get("/") ?? [];
  groups.delete("/");
  const byPrefix = new Map<number, PrefixRoutes[]>();
  for (const [prefix, group] of groups)
    pushTo(byPrefix, hashForwards(prefix), { prefix, routes: compileGroup(group, targets) });
  return { everyPath: compileGroup(everyPath, targets), byPrefix, longestPrefix: longest(groups.keys()) };
}

const compileGroup = (routes: readonly ConfigRoute[], targets: Targets): CompiledRoute[] =>
  routes
    .toSorted((a, b) => conditionCount(b.match) - conditionCount(a.match))
    .map((route) => ({
      method: route.match.method,
      headers: Object.entries(route.match.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const),
      target: targets.get(route.id) as RouteTarget,
    }));

function hashForwards(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = hashStep(hash, text.charCodeAt(at));
  return hash;
}

function hashBackwards(text: string): number {
  let hash = 0;
  for (let at = text.length - 1; at >= 0; at--) hash = hashStep(hash, text.charCodeAt(at));
  return hash;
}

function longest(texts: Iterable<string>): number {
  let length = 0;
  for (const text of texts) length = Math.max(length, text.length);
  return length;
}

function pushTo<K, T>(map: Map<K, T[]>, key: K, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
