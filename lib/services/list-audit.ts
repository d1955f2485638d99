import { type Actor, type AuditEntry, AuditQuery } from "#lib/contracts/access.ts";
import { authorise } from "#lib/services/access.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { readAudit } from "#lib/store/audit-log.ts";
import { db } from "#lib/store/db.ts";

/** Who did what, newest first. Operators may read it: it names people and addresses, which viewers need not see. */
export async function listAudit(actor: Actor, query: unknown): Promise<Page<AuditEntry>> {
  authorise(actor, "operator");
  const { limit, cursor, ...filter } = parse(AuditQuery, query);
  const items = await readAudit(db(), filter, { before: readCursor(cursor), limit: limit + 1 });
  return pageAfter(items, limit, (entry) => entry.id);
}
