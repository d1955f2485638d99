// What makes one route more specific than another, in one place for matching, ties and people: exact host beats wildcard
// (a longer one beats a shorter one) beats none; then the longest path prefix; then the most conditions.
import type { ConfigRoute } from "#lib/contracts/config.ts";

export type RouteMatch = ConfigRoute["match"];

/** Lower case, without the trailing dot of a fully qualified name. */
export function normalHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** No prefix and `/` both mean every path. */
export const normalPrefix = (prefix: string | undefined): string => prefix ?? "/";

/** Conditions besides host and path: the method, and each header. */
export const conditionCount = (match: RouteMatch): number =>
  (match.method === undefined ? 0 : 1) + Object.keys(match.headers ?? {}).length;

/** Whether `prefix` covers `path` on segment boundaries: `/api` covers `/api` and `/api/x`, never `/apix`; `/api/` only what is below it. */
export function prefixCovers(prefix: string, path: string): boolean {
  if (prefix === "/") return true;
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix.endsWith("/") || path[prefix.length] === "/";
}

/**
 * Whether some request could match both routes with equal right: same host, same prefix, as many conditions, and no
 * condition that tells them apart. Such a pair is refused, so that the order of routes never decides anything.
 */
export function routeTie(a: RouteMatch, b: RouteMatch): boolean {
  if (normalHost(a.host ?? "") !== normalHost(b.host ?? "")) return false;
  if (normalPrefix(a.pathPrefix) !== normalPrefix(b.pathPrefix)) return false;
  if (conditionCount(a) !== conditionCount(b)) return false;
  if (a.method !== undefined && b.method !== undefined && a.method !== b.method) return false;
  const other = b.headers ?? {};
  return Object.entries(a.headers ?? {}).every(([name, value]) => !Object.hasOwn(other, name) || other[name] === value);
}

/** Every pair of routes that tie, the earlier one first. Linear but for routes of the same host, prefix and count. */
export function tiesOf<R extends Pick<ConfigRoute, "match">>(routes: readonly R[]): [R, R][] {
  const ties: [R, R][] = [];
  const groups = new Map<string, R[]>();
  for (const route of routes) {
    const { host, pathPrefix } = route.match;
    const key = `${normalHost(host ?? "")} ${normalPrefix(pathPrefix)} ${conditionCount(route.match)}`;
    const group = groups.get(key) ?? [];
    for (const earlier of group) if (routeTie(earlier.match, route.match)) ties.push([earlier, route]);
    group.push(route);
    groups.set(key, group);
  }
  return ties;
}

/** A route as people name it: its own name, else its conditions, such as `GET api.example.org/v1`. */
export function routeName(route: Pick<ConfigRoute, "name" | "match">): string {
  if (route.name) return route.name;
  const { host, pathPrefix, method, headers } = route.match;
  const where = `${host ?? "*"}${pathPrefix ?? (host ? "" : "/")}`;
  const withHeaders = Object.entries(headers ?? {}).map(([name, value]) => `${name}=${value}`);
  return [method, where, ...withHeaders].filter(Boolean).join(" ");
}
