// Change sets as they are stored: read, locked while they are edited, and kept for good once they are published.
import type { Actor } from "#lib/contracts/access.ts";
import { type ChangeSetSummary, MAX_OPERATIONS, StagedOperation } from "#lib/contracts/change-sets.ts";
import { Id } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { touchedBy } from "#lib/core/config/change-set/touched.ts";
import { notFound } from "#lib/services/head.ts";
import { invalidInput } from "#lib/services/parse.ts";
import { type AuditRecord, writeAudit } from "#lib/store/audit.ts";
import { type Db, db, type Tx } from "#lib/store/db.ts";
import type { ChangeSet, Prisma } from "#lib/store/generated/client.ts";
import { type Head, readHead } from "#lib/store/revisions.ts";

export type ChangeSetDraft = { row: ChangeSet; entries: StagedOperation[] };

/** @throws {ServiceError} `not-found` */
export async function readDraft(client: Db | Tx, id: string): Promise<ChangeSetDraft> {
  const row = Id.safeParse(id).success ? await client.changeSet.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("change set", id);
  return { row, entries: entriesOf(row) };
}

/** Likewise; until the transaction ends nobody else edits or publishes it. @throws {ServiceError} `change-set-published` */
export async function lockDraft(tx: Tx, id: string): Promise<ChangeSetDraft> {
  if (Id.safeParse(id).success) await tx.$executeRaw`SELECT 1 FROM change_set WHERE id = ${id}::uuid FOR UPDATE`;
  const draft = await readDraft(tx, id);
  const { revision, name } = draft.row;
  if (revision === null) return draft;
  throw new ServiceError("change-set-published", `${name} is published already, as revision ${revision}.`);
}

export const entriesOf = (row: ChangeSet): StagedOperation[] => StagedOperation.array().parse(row.operations);

/** What an edit makes of a change set, and how the audit tells it. */
export type DraftEdit = {
  name?: string;
  entries?: StagedOperation[];
  audit: Pick<AuditRecord, "action" | "before" | "after">;
};
export type Edited = { draft: ChangeSetDraft; head: Head };

/** Edits an open change set, audited; one edit at a time. `edit` returns null when there is nothing to do. */
export async function editDraft(
  actor: Actor,
  id: string,
  edit: (draft: ChangeSetDraft, head: Head, tx: Tx) => Promise<DraftEdit | null> | DraftEdit | null,
): Promise<Edited> {
  return db().$transaction(async (tx) => {
    const draft = await lockDraft(tx, id);
    const head = await readHead(tx);
    const edited = await edit(draft, head, tx);
    if (!edited) return { draft, head };
    const { name = draft.row.name, entries = draft.entries, audit } = edited;
    requireFew(entries);
    const row = await tx.changeSet.update({
      where: { id },
      data: {
        name,
        operations: entries as Prisma.InputJsonValue,
        baseRevision: baseOf(entries, head.number),
        version: { increment: 1 },
      },
    });
    await writeAudit(tx, actor, [{ ...audit, targetKind: "change-set", targetId: id, targetName: name }]);
    return { draft: { row, entries }, head };
  });
}

/** @throws {ServiceError} `invalid-input` */
export function requireFew(entries: readonly StagedOperation[]): void {
  if (entries.length <= MAX_OPERATIONS) return;
  const message = `a change set may hold at most ${MAX_OPERATIONS} operations`;
  throw invalidInput([{ path: ["operations"], code: "too_big", message }]);
}

/** The oldest revision that any of the operations was decided on. */
export const baseOf = (entries: readonly StagedOperation[], head: number): number =>
  entries.reduce((oldest, { base }) => Math.min(oldest, base), head);

export function summaryOf({ row, entries }: ChangeSetDraft, head: Head): ChangeSetSummary {
  return {
    id: row.id,
    name: row.name,
    author: row.author,
    state: row.revision === null ? "open" : "published",
    revision: row.revision,
    baseRevision: row.baseRevision,
    headRevision: head.number,
    version: row.version,
    operationCount: entries.length,
    touches: touchedBy(head.document, entries),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
