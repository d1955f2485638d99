// A conflict resolved, as a change of the change set's operations: nothing of the other side is touched before the publish.
import type { StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument, ConfigNode, ConfigPool, ConfigRoute, NodeInput } from "#lib/contracts/config.ts";
import type { Clash } from "./conflicts.ts";
import {
  type EntityOperation,
  fieldsOf,
  findEntity,
  patchedFields,
  patchOf,
  poolOfNode,
  type Target,
  targetOf,
} from "./entities.ts";

/** @param newId makes the ids of operations that are added @param base the document that the conflict was decided on */
export interface Restoring {
  readonly base: ConfigDocument;
  readonly newId: () => string;
}

/** The operations with theirs taken: what the change set does to the field, or to the whole, is given up. */
export function takeTheirs(entries: readonly StagedOperation[], conflict: Clash): StagedOperation[] {
  return entries.flatMap((entry): StagedOperation[] => {
    const operation = entry.operation as EntityOperation;
    if (targetOf(operation).id !== conflict.entityId)
      // Nodes that were to be added to a pool that is gone have no place any more.
      return conflict.what === "removed-by-them" && addsNodeTo(operation, conflict.entityId) ? [] : [entry];
    if (conflict.what === "field") return withoutField(entry, operation, conflict.path);
    return conflict.what === "removed-by-them" || operation.op.endsWith(".delete") ? [] : [entry];
  });
}

const addsNodeTo = (operation: EntityOperation, poolId: string): boolean =>
  operation.op === "node.create" && operation.poolId === poolId;

function withoutField(entry: StagedOperation, operation: EntityOperation, path: string): StagedOperation[] {
  if (!("patch" in operation)) return [entry];
  const fields = [...patchedFields(operation.patch)].filter(([each]) => each !== path);
  if (fields.length === 0) return [];
  const seen = entry.seen.filter((each) => each.path !== path);
  return [{ ...entry, seen, operation: { ...operation, patch: patchOf(fields) } }];
}

/**
 * The operations with mine taken: from now on they have seen what is in force. What others removed is made again, as it was
 * when it was edited (a pool with its nodes), with the edits over it.
 * @param head the configuration in force
 * @returns null when what was removed cannot be made again: `restoring` does not have it
 */
export function takeMine(
  head: ConfigDocument,
  entries: readonly StagedOperation[],
  conflict: Clash,
  restoring: Restoring | null,
): StagedOperation[] | null {
  const target: Target = { kind: conflict.kind, id: conflict.entityId };
  const theirs = findEntity(head, target);
  if (conflict.what === "removed-by-them") return restoring && remade(head, entries, target, restoring);
  const now = theirs && fieldsOf(theirs);
  return entries.map((entry) => {
    if (targetOf(entry.operation as EntityOperation).id !== target.id) return entry;
    const seen = entry.seen.map((each) => {
      if (each.path !== conflict.path) return each;
      return { path: each.path, value: each.path === "" ? theirs : (now?.get(each.path) ?? null) };
    });
    return { ...entry, seen };
  });
}

function remade(
  head: ConfigDocument,
  entries: readonly StagedOperation[],
  target: Target,
  { base, newId }: Restoring,
): StagedOperation[] | null {
  const creations = creationsOf(head, entries, base, target);
  const at = entries.findIndex((entry) => targetOf(entry.operation as EntityOperation).id === target.id);
  const first = entries[at];
  if (!creations || !first) return null;
  const made = creations.map((operation): StagedOperation => ({ ...first, id: newId(), seen: [], operation }));
  const ids = new Set(creations.map((operation) => targetOf(operation).id));
  const own = entries.map((entry) =>
    ids.has(targetOf(entry.operation as EntityOperation).id) ? { ...entry, seen: [] } : entry,
  );
  return [...own.slice(0, at), ...made, ...own.slice(at)];
}

function creationsOf(
  head: ConfigDocument,
  entries: readonly StagedOperation[],
  base: ConfigDocument,
  target: Target,
): EntityOperation[] | null {
  const entity = findEntity(base, target);
  if (!entity) return null;
  const isMade = (id: string) =>
    entries.some(({ operation }) => operation.op.endsWith(".create") && "id" in operation && operation.id === id);
  switch (target.kind) {
    case "pool": {
      const { nodes } = entity as ConfigPool;
      const free = nodes.filter(({ id }) => !isMade(id) && !findEntity(head, { kind: "node", id }));
      return [poolCreation(entity as ConfigPool), ...free.map((node) => nodeCreation(target.id, node))];
    }
    case "node": {
      const pool = poolOfNode(base, target.id) as ConfigPool;
      const hasPool = isMade(pool.id) || findEntity(head, { kind: "pool", id: pool.id }) !== undefined;
      return [...(hasPool ? [] : [poolCreation(pool)]), nodeCreation(pool.id, entity as ConfigNode)];
    }
    case "route": {
      const { id, ...route } = entity as ConfigRoute;
      return [{ op: "route.create", id, route }];
    }
    case "proxy":
      return null;
  }
}

function poolCreation({ id, nodes: _, ...pool }: ConfigPool): EntityOperation {
  return { op: "pool.create", id, pool };
}

function nodeCreation(poolId: string, { id, ...node }: ConfigNode): EntityOperation {
  return { op: "node.create", id, poolId, node: node as NodeInput };
}
