// What stands between a change set and its publication, whoever gets it first: everybody, or the clients of a canary.
import type { PublishInput } from "#lib/contracts/change-sets.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { type Staged, stage } from "#lib/core/config/change-set/stage.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { faultsAt, refused } from "#lib/services/apply.ts";
import { withAuthors } from "#lib/services/change-sets/conflict-authors.ts";
import { type ChangeSetDraft, lockDraft } from "#lib/services/change-sets/drafts.ts";
import type { Tx } from "#lib/store/db.ts";
import type { Head } from "#lib/store/revisions.ts";

/**
 * The change set, rebased on what is in force. Until the transaction ends nobody else edits or publishes it.
 * @throws {ServiceError} `not-found`, `change-set-published`, `stale-change-set`, `change-set-conflicts` with both sides of
 * each, `nothing-to-publish`, or every fault of its operations
 */
export async function requirePublishable(
  tx: Tx,
  id: string,
  head: Head,
  { version }: Pick<PublishInput, "version">,
): Promise<{ draft: ChangeSetDraft; staged: Staged }> {
  const draft = await lockDraft(tx, id);
  requireVersion(draft, version);
  const staged = stage(head.document, draft.entries);
  await requireNoFaults(tx, draft, head, staged);
  return { draft, staged };
}

function requireVersion({ row }: ChangeSetDraft, seen: number | undefined): void {
  if (seen === undefined || seen === row.version) return;
  throw new ServiceError(
    "stale-change-set",
    `${row.name} was edited meanwhile (version ${row.version}, not ${seen}). Read it, and decide again.`,
  );
}

async function requireNoFaults(tx: Tx, draft: ChangeSetDraft, head: Head, staged: Staged): Promise<void> {
  const { row, entries } = draft;
  if (staged.conflicts.length > 0) {
    const conflicts = await withAuthors(tx, staged.conflicts);
    const places = conflicts.map(({ name, path }) => (path ? `${name} (${path})` : name)).slice(0, 10);
    throw new ServiceError(
      "change-set-conflicts",
      `Others published changes of what ${row.name} changes: ${places.join(", ")}. Take one side of each.`,
      { conflicts },
    );
  }
  const faulty = entries.flatMap((entry, at) => {
    const found = staged.faults.get(entry.id);
    return found ? [{ code: found.code, faults: faultsAt(["operations", at], found.faults) }] : [];
  });
  const [first] = faulty;
  if (first)
    throw refused(
      first.code,
      faulty.flatMap(({ faults }) => faults),
    );
  if (sameDocument(head.document, staged.document))
    throw new ServiceError("nothing-to-publish", `${row.name} changes nothing of revision ${head.number}.`);
}
