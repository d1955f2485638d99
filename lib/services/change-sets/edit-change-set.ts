// Edits of a change set other than by adding to it. Every publisher may edit any: each operation says whose it is.
import type { Actor } from "#lib/contracts/access.ts";
import {
  ChangeSetPatch,
  type ChangeSetSummary,
  OperationInput,
  OperationsInput,
  type StagedOperation,
} from "#lib/contracts/change-sets.ts";
import { roleAllows } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { authorise } from "#lib/services/access.ts";
import {
  type ChangeSetDraft,
  type Edited,
  editDraft,
  lockDraft,
  readDraft,
  summaryOf,
} from "#lib/services/change-sets/drafts.ts";
import { recordAll, stageOperations, told } from "#lib/services/change-sets/stage-operations.ts";
import { currentHead, notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";

const summary = ({ draft, head }: Edited): ChangeSetSummary => summaryOf(draft, head);

/** @throws {ServiceError} `not-found`, `change-set-published`, `invalid-input`, or what the operations do wrong, all of it */
export async function addOperations(actor: Actor, id: string, input: unknown): Promise<ChangeSetSummary> {
  authorise(actor, "publisher");
  const { operations } = parse(OperationsInput, input);
  await stageOperations(actor, id, operations, undefined, (at) => ["operations", at]);
  return summaryOf(await readDraft(db(), id), await currentHead());
}

/** @throws {ServiceError} `not-found`, `change-set-published` or `invalid-input` */
export async function renameChangeSet(actor: Actor, id: string, input: unknown): Promise<ChangeSetSummary> {
  authorise(actor, "publisher");
  const { name } = parse(ChangeSetPatch, input);
  const edited = await editDraft(actor, id, ({ row }) => {
    if (row.name === name) return null;
    return { name, audit: { action: "change-set.rename", before: { name: row.name }, after: { name } } };
  });
  return summary(edited);
}

/** Puts another operation in the place of one. @throws {ServiceError} as `addOperations` */
export async function replaceOperation(
  actor: Actor,
  id: string,
  operationId: string,
  input: unknown,
): Promise<ChangeSetSummary> {
  authorise(actor, "publisher");
  const { operation } = parse(OperationInput, input);
  const edited = await editDraft(actor, id, async (draft, head, tx) => {
    const { at, entry } = findOperation(draft, operationId);
    const before = draft.entries.slice(0, at);
    const after = draft.entries.slice(at + 1);
    const added = await recordAll(tx, actor, head, before, [operation], () => ["operation"]);
    const put = added.map((each, n) => ({
      ...each,
      ...(n === 0 && { id: operationId }),
      seen: seenBefore(entry, each),
    }));
    const entries = [...before, ...put, ...after];
    return { entries, audit: { action: "change-set.replace", before: told([entry]), after: told(added) } };
  });
  return summary(edited);
}

/** What the replaced operation saw of a field stays seen: a conflict is resolved, not typed over. */
const seenBefore = (old: StagedOperation, entry: StagedOperation) =>
  entry.seen.map((each) => old.seen.find(({ path }) => path === each.path) ?? each);

/** Takes one operation out; those that build on it stay, and say that they cannot be carried out. */
export async function removeOperation(actor: Actor, id: string, operationId: string): Promise<ChangeSetSummary> {
  authorise(actor, "publisher");
  const edited = await editDraft(actor, id, (draft) => {
    const { entry } = findOperation(draft, operationId);
    const entries = draft.entries.filter((each) => each !== entry);
    return { entries, audit: { action: "change-set.unstage", before: told([entry]) } };
  });
  return summary(edited);
}

function findOperation({ entries }: ChangeSetDraft, operationId: string): { at: number; entry: StagedOperation } {
  const at = entries.findIndex((entry) => entry.id === operationId);
  const entry = entries[at];
  if (!entry) throw notFound("operation", operationId);
  return { at, entry };
}

/** Gives an open change set up, for good; that of somebody else only as an administrator. */
export async function discardChangeSet(actor: Actor, id: string): Promise<void> {
  authorise(actor, "publisher");
  await db().$transaction(async (tx) => {
    const { row, entries } = await lockDraft(tx, id);
    if (row.author !== actor.name && !roleAllows(actor.role, "admin"))
      throw new ServiceError("forbidden", `${row.name} is ${row.author}'s: only they or an administrator discard it.`);
    await tx.changeSet.delete({ where: { id } });
    await writeAudit(tx, actor, [
      {
        action: "change-set.discard",
        targetKind: "change-set",
        targetId: id,
        targetName: row.name,
        before: told(entries),
      },
    ]);
  });
}
