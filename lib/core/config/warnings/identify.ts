// Warnings with the identity that a confirmation names: the same for as long as it warns of the same, wherever in the
// document that stands.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import type { Warning } from "#lib/contracts/publishing.ts";

/** `warning` of `document`, whose path begins at the document. */
export function identified(document: ConfigDocument, { path, code, message }: Fault): Warning {
  const pool = path[0] === "pools" ? document.pools[Number(path[1])] : undefined;
  const node = path[2] === "nodes" ? pool?.nodes[Number(path[3])] : undefined;
  const field = path.slice(node ? 4 : pool ? 2 : 0).join(".");
  const id = [code, node?.id ?? pool?.id, field].filter(Boolean).join(":");
  const name = pool ? (node ? `${pool.name} / ${node.name}` : pool.name) : "";
  return { id, code, message, path, poolId: pool?.id ?? null, nodeId: node?.id ?? null, name };
}
