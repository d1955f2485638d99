// Finds the route of a request: most specific host first, within it the longest prefix, within it the most conditions
// (the order of lib/core/routing/specificity.ts). A host none of whose routes match leaves the request to the next one.
import { type CompiledRoute, type HostRoutes, hashStep, type RouteTable, type RouteTarget } from "./compile.ts";
import { normalHost } from "./specificity.ts";

/** What routing may depend on. `host` without port; `path` without query, exactly as it will be forwarded. */
export interface RouteRequest {
  host: string;
  path: string;
  method: string;
  /** Value of a header by its lower-case name. */
  header(lowerCaseName: string): string | undefined;
}

const SLASH = 47;
const DOT = 46;

/** Where the request goes: a route's pool, else the default pool, else null. Allocates nothing for a lower-case host. */
export function matchRoute(table: RouteTable, request: RouteRequest): RouteTarget | null {
  const host = normalHost(request.host);
  const exact = table.byHost.get(host);
  return (
    (exact && matchHost(exact, request)) ||
    (table.longestSuffix > 0 && matchWildcards(table, host, request)) ||
    matchHost(table.anyHost, request) ||
    table.fallback
  );
}

/** Walks the host from its end, so a longer wildcard is met later and beats a shorter one. */
function matchWildcards(table: RouteTable, host: string, request: RouteRequest): RouteTarget | null {
  let best: RouteTarget | null = null;
  let hash = 0;
  // A wildcard stands for at least one character: the suffix never starts at 0.
  const last = Math.max(1, host.length - table.longestSuffix);
  for (let at = host.length - 1; at >= last; at--) {
    const code = host.charCodeAt(at);
    hash = hashStep(hash, code);
    if (code !== DOT) continue;
    const hits = table.byWildcard.get(hash);
    if (!hits) continue;
    for (const hit of hits)
      if (hit.suffix.length === host.length - at && host.endsWith(hit.suffix))
        best = matchHost(hit.routes, request) ?? best;
  }
  return best;
}

/** Walks the path from its start and looks at every segment boundary; a longer prefix is met later and wins. */
function matchHost(host: HostRoutes, request: RouteRequest): RouteTarget | null {
  let best = firstMatch(host.everyPath, request);
  const { path } = request;
  const end = Math.min(path.length, host.longestPrefix);
  let hash = 0;
  for (let at = 0; at < end; at++) {
    const code = path.charCodeAt(at);
    hash = hashStep(hash, code);
    // Boundaries: just after a slash (prefix `/a/`), just before one, and the end of the path (prefix `/a`).
    if (code !== SLASH && at + 1 < path.length && path.charCodeAt(at + 1) !== SLASH) continue;
    const hits = host.byPrefix.get(hash);
    if (!hits) continue;
    for (const hit of hits)
      if (hit.prefix.length === at + 1 && path.startsWith(hit.prefix)) best = firstMatch(hit.routes, request) ?? best;
  }
  return best;
}

function firstMatch(routes: readonly CompiledRoute[], request: RouteRequest): RouteTarget | null {
  for (const route of routes) if (conditionsHold(route, request)) return route.target;
  return null;
}

function conditionsHold(route: CompiledRoute, request: RouteRequest): boolean {
  if (route.method !== undefined && route.method !== request.method) return false;
  for (const [name, value] of route.headers) if (request.header(name) !== value) return false;
  return true;
}
