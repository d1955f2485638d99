import type { Actor } from "#lib/contracts/access.ts";
import { ChangeSetInput, type ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import { authorise } from "#lib/services/access.ts";
import { baseOf, summaryOf } from "#lib/services/change-sets/drafts.ts";
import { recordAll, told } from "#lib/services/change-sets/stage-operations.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import type { Prisma } from "#lib/store/generated/client.ts";
import { readHead } from "#lib/store/revisions.ts";

/** Opens a change set, with its first operations if wanted. @throws {ServiceError} `invalid-input`, or what the operations do wrong */
export async function createChangeSet(actor: Actor, input: unknown): Promise<ChangeSetSummary> {
  authorise(actor, "publisher");
  const { name, operations } = parse(ChangeSetInput, input);
  return db().$transaction(async (tx) => {
    const head = await readHead(tx);
    const entries = await recordAll(tx, actor, head, [], operations, (at) => ["operations", at]);
    const row = await tx.changeSet.create({
      data: {
        name,
        author: actor.name,
        operations: entries as Prisma.InputJsonValue,
        baseRevision: baseOf(entries, head.number),
      },
    });
    await writeAudit(tx, actor, [
      {
        action: "change-set.create",
        targetKind: "change-set",
        targetId: row.id,
        targetName: name,
        after: told(entries),
      },
    ]);
    return summaryOf({ row, entries }, head);
  });
}
