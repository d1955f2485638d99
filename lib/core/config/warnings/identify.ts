// Warnings with the identity that a confirmation names: the same for as long as it warns of the same, wherever in the
// document that stands.
import type { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import type { Warning } from "#lib/contracts/publishing.ts";

type IsInForce = (id: string) => boolean;

/**
 * `warning` of `document`, whose path begins at the document.
 * @param isInForce whether a pool or node of this id is there already. What is not goes by its name: its id may be another one
 * when the same is asked for again, with the warning confirmed.
 */
export function identified(
  document: ConfigDocument,
  { path, code, message }: Fault,
  isInForce: IsInForce = () => true,
): Warning {
  const pool = path[0] === "pools" ? document.pools[Number(path[1])] : undefined;
  const node = path[2] === "nodes" ? pool?.nodes[Number(path[3])] : undefined;
  const field = path.slice(node ? 4 : pool ? 2 : 0).join(".");
  const id = [code, pool && subjectOf(pool, node, isInForce), field].filter(Boolean).join(":");
  const name = pool ? (node ? `${pool.name} / ${node.name}` : pool.name) : "";
  return { id, code, message, path, poolId: pool?.id ?? null, nodeId: node?.id ?? null, name };
}

/** Names hold neither commas, colons nor slashes. */
function subjectOf(pool: ConfigPool, node: ConfigNode | undefined, isInForce: IsInForce): string {
  const home = isInForce(pool.id) ? pool.id : `name=${pool.name}`;
  if (node === undefined) return home;
  return isInForce(node.id) ? node.id : `${home}/${node.name}`;
}

/** Of the pools and nodes of `document`; they are gathered when the first is asked for. */
export function inForce(document: ConfigDocument): IsInForce {
  let ids: ReadonlySet<string> | undefined;
  return (id) => {
    ids ??= new Set(document.pools.flatMap((pool) => [pool.id, ...pool.nodes.map((node) => node.id)]));
    return ids.has(id);
  };
}
