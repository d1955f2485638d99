import type { Actor } from "#lib/contracts/access.ts";
import { ChangeSetQuery, type ChangeSetSummary } from "#lib/contracts/change-sets.ts";
import { Id } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { entriesOf, summaryOf } from "#lib/services/change-sets/drafts.ts";
import { currentHead } from "#lib/services/head.ts";
import { badCursor, type Page, pageAfter } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";

/** Everybody's, the newest first: who edits what is no secret. Open ones, unless asked otherwise. */
export async function listChangeSets(actor: Actor, query: unknown): Promise<Page<ChangeSetSummary>> {
  authorise(actor, "viewer");
  const { state, limit, cursor } = parse(ChangeSetQuery, query);
  if (cursor !== undefined && !Id.safeParse(cursor).success) throw badCursor();
  const rows = await db().changeSet.findMany({
    where: {
      ...(state !== "all" && { revision: state === "open" ? null : { not: null } }),
      ...(cursor !== undefined && { id: { lt: cursor } }),
    },
    // Ids are UUIDs of version 7: in the order in which they were made.
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const head = await currentHead();
  const items = rows.map((row) => summaryOf({ row, entries: entriesOf(row) }, head));
  return pageAfter(items, limit, ({ id }) => id);
}
