import { type Actor, type AuditEntry, AuditQuery } from "#lib/contracts/access.ts";
import { authorise } from "#lib/services/access.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";

/** Who did what, newest first. Operators may read it: it names people and addresses, which viewers need not see. */
export async function listAudit(actor: Actor, query: unknown): Promise<Page<AuditEntry>> {
  authorise(actor, "operator");
  const { limit, cursor, action, targetId } = parse(AuditQuery, query);
  const before = readCursor(cursor);
  const rows = await db().audit.findMany({
    where: { action, targetId, ...(before !== undefined && { id: { lt: before } }) },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const items = rows.map(({ id, at, actorKind, actorId: _, ...row }) => ({
    ...row,
    id: String(id),
    at: at.toISOString(),
    actorKind: actorKind as AuditEntry["actorKind"],
  }));
  return pageAfter(items, limit, (entry) => entry.id);
}
