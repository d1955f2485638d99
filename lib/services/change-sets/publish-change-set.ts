import type { Actor } from "#lib/contracts/access.ts";
import { type ChangeSetSummary, PublishInput } from "#lib/contracts/change-sets.ts";
import { authorise } from "#lib/services/access.ts";
import { readDraft, summaryOf } from "#lib/services/change-sets/drafts.ts";
import { requirePublishable } from "#lib/services/change-sets/require-publishable.ts";
import { parse } from "#lib/services/parse.ts";
import { type Draft, type Published, publishDraft } from "#lib/services/publish.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";

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
    const { draft, staged } = await requirePublishable(tx, id, head, { version });
    const { name } = draft.row;
    return {
      document: staged.document,
      operations: staged.applied,
      asks: { confirm, scope: "reviewed" },
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
