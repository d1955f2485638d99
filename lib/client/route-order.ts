// Routes in the order in which they win: exact host, then longer wildcards, then none; the longest prefix; the most conditions.
import type { ConfigRoute } from "#lib/contracts/config.ts";
import { conditionCount, normalHost, normalPrefix } from "#lib/core/routing/specificity.ts";

/** 2 for an exact host, 1 for a wildcard, 0 for none. */
function hostRank(host: string): number {
  if (host === "") return 0;
  return host.startsWith("*.") ? 1 : 2;
}

function compare(a: ConfigRoute["match"], b: ConfigRoute["match"]): number {
  const [hostA, hostB] = [normalHost(a.host ?? ""), normalHost(b.host ?? "")];
  const byKind = hostRank(hostB) - hostRank(hostA);
  if (byKind !== 0) return byKind;
  // Two exact hosts never meet; by name they are found. A longer wildcard beats a shorter one.
  const byHost = hostRank(hostA) === 1 ? hostB.length - hostA.length : 0;
  if (byHost !== 0 || hostA !== hostB) return byHost || (hostA < hostB ? -1 : 1);
  const byPrefix = normalPrefix(b.pathPrefix).length - normalPrefix(a.pathPrefix).length;
  return byPrefix || conditionCount(b) - conditionCount(a);
}

/** The routes, the one that wins first; those that can never meet stay by host name. */
export const asMatched = <R extends Pick<ConfigRoute, "match">>(routes: readonly R[]): R[] =>
  routes.toSorted((a, b) => compare(a.match, b.match));
