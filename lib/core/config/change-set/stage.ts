// A change set over the revision in force: rebased operation by operation. What its operations saw of each field when they
// were added is compared with what is in force now (conflicts.ts), so that an edit goes over nobody else's unseen; whatever
// does not conflict merges, because updates set only the fields that they changed.
import type { StagedOperation } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { ApiProblemCode, Fault } from "#lib/contracts/problem.ts";
import type { Conflict } from "#lib/contracts/publishing.ts";
import { applyOperation, refusalsOf } from "../apply.ts";
import { type Clash, conflictsOf } from "./conflicts.ts";
import { type EntityOperation, findEntity, targetOf } from "./entities.ts";

export type FaultsOf = { readonly code: ApiProblemCode; readonly faults: Fault[] };
export interface Staged {
  /** Where there are conflicts, with the change set's side; where there are faults, without what is faulty or against the rules. */
  readonly document: ConfigDocument;
  /** Operations as they were carried out. */
  readonly applied: readonly ConfigOperation[];
  /** By the operation's id. */
  readonly faults: ReadonlyMap<string, FaultsOf>;
  readonly conflicts: readonly Clash[];
}
export type { Clash, Conflict };

/** @param head the configuration in force */
export function stage(head: ConfigDocument, entries: readonly StagedOperation[]): Staged {
  let document = head;
  const faults = new Map<string, FaultsOf>();
  const touchedBy = new Map<string, number>();
  const deletedPools = new Map<string, number>();
  const applied: ConfigOperation[] = [];
  for (const [index, entry] of entries.entries()) {
    const operation = entry.operation as EntityOperation;
    if (isMoot(document, head, entry)) continue;
    const step = applyOperation(document, operation);
    if (!step.ok) {
      faults.set(entry.id, { code: step.code, faults: step.faults });
      continue;
    }
    // Somebody else published just the same.
    if (step.document === document) continue;
    document = step.document;
    applied.push(operation);
    touchedBy.set(targetOf(operation).id, index);
    if (operation.op === "pool.delete") deletedPools.set(operation.id, index);
  }
  for (const { operation, code, faults: broken } of refusalsOf(document, touchedBy, deletedPools)) {
    const { id } = entries[operation] as StagedOperation;
    faults.set(id, { code, faults: [...(faults.get(id)?.faults ?? []), ...broken] });
  }
  return { document, applied, faults, conflicts: conflictsOf(head, document, entries) };
}

/** What others removed need not be removed again, and what was to be changed of it is told as a conflict. */
function isMoot(document: ConfigDocument, head: ConfigDocument, entry: StagedOperation): boolean {
  const operation = entry.operation as EntityOperation;
  if (operation.op.endsWith(".create")) return false;
  const target = targetOf(operation);
  if (findEntity(document, target)) return false;
  return operation.op.endsWith(".delete") || (entry.seen.length > 0 && !findEntity(head, target));
}
