import { stage } from "#lib/core/config/change-set/stage.ts";
import { readDraft } from "#lib/services/change-sets/drafts.ts";
import { currentHead } from "#lib/services/head.ts";
import { db } from "#lib/store/db.ts";
import type { Head } from "#lib/store/revisions.ts";

/**
 * The configuration in force; with a change set what that makes of it: its edits over the same revision, where there are
 * conflicts its own side. @throws {ServiceError} `not-found` for no such change set
 */
export async function headOf(changeSet: string | undefined): Promise<Head> {
  const head = await currentHead();
  if (changeSet === undefined) return head;
  const { row, entries } = await readDraft(db(), changeSet);
  // Published: it is part of what is in force, and of what came after it.
  if (row.revision !== null) return head;
  return { number: head.number, document: stage(head.document, entries).document };
}
