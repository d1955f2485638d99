import type { StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { PROXY_ID } from "#lib/contracts/operations.ts";
import { routeName } from "../../routing/specificity.ts";

/** Entity's id → its name as people know it, of what is in force and of what the operations make. */
export function titlesOf(head: ConfigDocument, entries: readonly StagedOperation[]): ReadonlyMap<string, string> {
  const titles = new Map<string, string>([[PROXY_ID, "proxy"]]);
  for (const pool of head.pools) {
    titles.set(pool.id, pool.name);
    for (const node of pool.nodes) titles.set(node.id, `${pool.name} / ${node.name}`);
  }
  for (const route of head.routes) titles.set(route.id, routeName(route));
  for (const { operation } of entries) {
    if (operation.op === "pool.create") titles.set(operation.id, operation.pool.name);
    if (operation.op === "node.create")
      titles.set(operation.id, `${titles.get(operation.poolId) ?? ""} / ${operation.node.name}`);
    if (operation.op === "route.create") titles.set(operation.id, routeName(operation.route));
  }
  return titles;
}
