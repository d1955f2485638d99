// Who edits what: the entities that a change set touches, from its operations alone.
import type { StagedOperation, Touched } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { type EntityOperation, targetOf } from "./entities.ts";
import { titlesOf } from "./titles.ts";

/** In the order in which they were touched; what was made and removed again is not among them. */
export function touchedBy(head: ConfigDocument, entries: readonly StagedOperation[]): Touched[] {
  const titles = titlesOf(head, entries);
  const touched = new Map<string, Touched>();
  for (const { operation, by } of entries) {
    const { kind, id } = targetOf(operation as EntityOperation);
    const before = touched.get(id);
    const people = [...new Set([...(before?.by ?? []), by])];
    const change = changeOf(before?.change, operation.op);
    if (change === null) touched.delete(id);
    else touched.set(id, { kind, id, name: titles.get(id) ?? "", change, by: people });
  }
  return [...touched.values()];
}

function changeOf(before: Touched["change"] | undefined, op: string): Touched["change"] | null {
  if (op.endsWith(".create")) return before === "removed" ? "changed" : "added";
  if (op.endsWith(".delete")) return before === "added" ? null : "removed";
  return before ?? "changed";
}
