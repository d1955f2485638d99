// How operations on the configuration are told to the audit.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { type ConfigOperation, PROXY_ID } from "#lib/contracts/operations.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import type { AuditRecord } from "#lib/store/audit.ts";
import type { Head } from "#lib/store/revisions.ts";

/** `poolId`: of a route the pool it leads to; null when it answers by itself. */
type Told = { title: string; entity: object; poolId: string | null };
type Index = ReadonlyMap<string, Told>;
type EntityOperation = Exclude<ConfigOperation, { op: "document.replace" | "proxy.update" }>;

/** Audit records of `operations`, one each, which led from `before` to `after`. */
export function tellOperations(operations: readonly ConfigOperation[], before: Head, after: Head): AuditRecord[] {
  const old = indexOf(before.document);
  const now = indexOf(after.document);
  return operations.map((operation) => {
    if (operation.op === "document.replace") return rollBackRecord(before, after);
    return operation.op === "proxy.update" ? proxyRecord(before, after) : entityRecord(operation, old, now, after);
  });
}

const rollBackRecord = (before: Head, after: Head): AuditRecord => ({
  action: "revision.rollback",
  targetKind: "revision",
  targetId: String(after.number),
  targetName: `r${after.number}`,
  revision: after.number,
  before: { revision: before.number },
});

/** There is one proxy: it needs no name beside what its action is called. */
const proxyRecord = (before: Head, after: Head): AuditRecord => ({
  action: "proxy.update",
  targetKind: "proxy",
  targetId: PROXY_ID,
  targetName: "",
  revision: after.number,
  before: before.document.proxy,
  after: after.document.proxy,
});

const entityRecord = ({ op, id }: EntityOperation, old: Index, now: Index, after: Head): AuditRecord => ({
  poolId: (now.get(id) ?? old.get(id))?.poolId ?? undefined,
  action: op,
  targetKind: kindOf(op),
  targetId: id,
  targetName: (now.get(id) ?? old.get(id))?.title ?? "",
  revision: after.number,
  before: old.get(id)?.entity,
  after: now.get(id)?.entity,
});

const kindOf = (op: EntityOperation["op"]) => op.slice(0, op.indexOf("."));

/** Every entity by id, titled as people know it; a pool without its nodes, which are entities of their own. */
function indexOf(document: ConfigDocument): Index {
  const index = new Map<string, Told>();
  for (const { nodes, ...pool } of document.pools) {
    index.set(pool.id, { title: pool.name, entity: pool, poolId: pool.id });
    for (const node of nodes)
      index.set(node.id, { title: `${pool.name} / ${node.name}`, entity: node, poolId: pool.id });
  }
  for (const route of document.routes)
    index.set(route.id, { title: routeName(route), entity: route, poolId: route.poolId });
  return index;
}
