import type { Actor } from "#lib/contracts/access.ts";
import { type ChangeSetSummary, PublishInput } from "#lib/contracts/change-sets.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { type Staged, stage } from "#lib/core/config/change-set/stage.ts";
import { sameDocument } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import { faultsAt, refused } from "#lib/services/apply.ts";
import { withAuthors } from "#lib/services/change-sets/conflict-authors.ts";
import { type ChangeSetDraft, lockDraft, readDraft, summaryOf } from "#lib/services/change-sets/drafts.ts";
import { parse } from "#lib/services/parse.ts";
import { type Draft, type Published, publishDraft } from "#lib/services/publish.ts";
import { requireConfirmed, warningsOfPublish } from "#lib/services/publish-warnings.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { Head } from "#lib/store/revisions.ts";

/**
 * Publishes a change set as one revision: rebased on what is in force, all of it or nothing. It is kept, with the number of
 * its revision, and cannot be changed any more.
 * @throws {ServiceError} `not-found`, `change-set-published`, `stale-change-set`, `stale-revision`, `change-set-conflicts` with
 * both sides of each, `nothing-to-publish`, `unconfirmed-warnings`, or every fault of its operations
 */
export async function publishChangeSet(
  actor: Actor,
  id: string,
  input: unknown,
  ifMatch?: number,
): Promise<Published<ChangeSetSummary & { revision: number }>> {
  authorise(actor, "publisher");
  const { note, confirm, version } = parse(PublishInput, input);
  const publication = await publishDraft(actor, ifMatch, async (tx, head): Promise<Draft> => {
    const draft = await lockDraft(tx, id);
    requireVersion(draft, version);
    const staged = stage(head.document, draft.entries);
    await requirePublishable(tx, draft, head, staged);
    requireConfirmed(await warningsOfPublish(head.document, staged.document, tx), confirm);
    const { name } = draft.row;
    return {
      document: staged.document,
      operations: staged.applied,
      note,
      action: "change-set.publish",
      target: name,
      afterwards: async (revision) => {
        await tx.changeSet.update({ where: { id }, data: { revision } });
        await writeAudit(tx, actor, [
          {
            action: "change-set.publish",
            targetKind: "change-set",
            targetId: id,
            targetName: name,
            revision,
            after: { note, confirmed: confirm, operations: draft.entries.length },
          },
        ]);
      },
    };
  });
  const { document, ...published } = publication;
  const head = { number: published.revision, document };
  const summary = summaryOf(await readDraft(db(), id), head);
  return { ...published, entity: { ...summary, revision: published.revision } };
}

function requireVersion({ row }: ChangeSetDraft, seen: number | undefined): void {
  if (seen === undefined || seen === row.version) return;
  throw new ServiceError(
    "stale-change-set",
    `${row.name} was edited meanwhile (version ${row.version}, not ${seen}). Read it, and decide again.`,
  );
}

async function requirePublishable(tx: Tx, draft: ChangeSetDraft, head: Head, staged: Staged): Promise<void> {
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
