import type { ConfigRoute } from "#lib/contracts/config.ts";
import type { FileRoute } from "#lib/contracts/config-file.ts";
import { nameKey } from "../config/same.ts";
import { normalHost, normalPrefix } from "../routing/specificity.ts";

/** What a route matches, as a text that two routes only share when they match the same. */
export function routeKey({ match }: Pick<ConfigRoute, "match">): string {
  const headers = Object.entries(match.headers ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([normalHost(match.host ?? ""), normalPrefix(match.pathPrefix), match.method ?? "", headers]);
}

/** Where a route of a file leads: the pool of that name among those there will be. */
export function poolOfRoute(
  { pool, poolId }: FileRoute,
  names: ReadonlyMap<string, string>,
): { ok: true; poolId: string | null } | { ok: false; message: string } {
  if (pool === null) return { ok: true, poolId };
  const named = names.get(nameKey(pool));
  return named === undefined ? { ok: false, message: `no pool is called ${pool}` } : { ok: true, poolId: named };
}
