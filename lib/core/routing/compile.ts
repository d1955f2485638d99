// Compiles a configuration's routes for matching in time that does not grow with their number. Hosts without wildcard are
// looked up by name. Wildcards and prefixes are looked up by a rolling hash taken while walking the host backwards or the
// path forwards, and compared in full after a hit: unlike maps of substrings, that allocates nothing for a request.
import type { ConfigDocument, ConfigRoute } from "#lib/contracts/config.ts";
import { conditionCount, normalHost, normalPrefix } from "./specificity.ts";

/** Where a request goes; `routeId` is null when the default pool took it. */
export interface RouteTarget {
  readonly poolId: string;
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
}

/** One step of the rolling hash; 30 bits, so that it stays a small integer and is never boxed. */
export const hashStep = (hash: number, charCode: number): number => (Math.imul(hash, 31) + charCode) & 0x3fff_ffff;

/** Compiles the routes of a valid document. Should two routes tie after all, the earlier one is kept ahead. */
export function compileRoutes(document: Pick<ConfigDocument, "pools" | "routes">): RouteTable {
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
    pushTo(byWildcard, hashBackwards(suffix), { suffix, routes: compileHost(routes) });
  const defaultPool = document.pools.find((pool) => pool.isDefault);
  return {
    byHost: new Map([...exact].map(([host, routes]) => [host, compileHost(routes)])),
    byWildcard,
    longestSuffix: longest(wildcards.keys()),
    anyHost: compileHost(anyHost),
    fallback: defaultPool ? { poolId: defaultPool.id, routeId: null } : null,
  };
}

function compileHost(routes: readonly ConfigRoute[]): HostRoutes {
  const groups = new Map<string, ConfigRoute[]>();
  for (const route of routes) pushTo(groups, normalPrefix(route.match.pathPrefix), route);
  const everyPath = groups.get("/") ?? [];
  groups.delete("/");
  const byPrefix = new Map<number, PrefixRoutes[]>();
  for (const [prefix, group] of groups) pushTo(byPrefix, hashForwards(prefix), { prefix, routes: compileGroup(group) });
  return { everyPath: compileGroup(everyPath), byPrefix, longestPrefix: longest(groups.keys()) };
}

const compileGroup = (routes: readonly ConfigRoute[]): CompiledRoute[] =>
  routes
    .toSorted((a, b) => conditionCount(b.match) - conditionCount(a.match))
    .map((route) => ({
      method: route.match.method,
      headers: Object.entries(route.match.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const),
      target: { poolId: route.poolId, routeId: route.id },
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
