import type { Actor } from "#lib/contracts/access.ts";
import { type Alert, AlertQuery } from "#lib/contracts/alerts.ts";
import { Id } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { badCursor, type Page, pageAfter } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";
import type { Alert as AlertRow } from "#lib/store/generated/client.ts";

/** Alerts, the one that fired last first; `state=firing` gives those that are true now. */
export async function listAlerts(actor: Actor, query: unknown): Promise<Page<Alert>> {
  authorise(actor, "viewer");
  const { limit, cursor, ...filter } = parse(AlertQuery, query);
  const rows = await db().alert.findMany({
    where: { ...filter, ...(cursor !== undefined && olderThan(cursor)) },
    orderBy: [{ firedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  return pageAfter(rows.map(toAlert), limit, (alert) => `${Date.parse(alert.firedAt)}_${alert.id}`);
}

/** @throws {ServiceError} `not-found` */
export async function getAlert(actor: Actor, id: string): Promise<Alert> {
  authorise(actor, "viewer");
  const row = Id.safeParse(id).success ? await db().alert.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("alert", id);
  return toAlert(row);
}

/** Several may fire in one millisecond: the id decides among them. */
function olderThan(cursor: string) {
  const [at, id] = cursor.split("_");
  if (!/^\d{1,15}$/.test(at ?? "") || !Id.safeParse(id).success) throw badCursor();
  const firedAt = new Date(Number(at));
  return { OR: [{ firedAt: { lt: firedAt } }, { firedAt, id: { lt: id } }] };
}

export const toAlert = ({ fingerprint: _, firingTold: __, endTold: ___, ...row }: AlertRow): Alert => ({
  ...row,
  rule: row.rule as Alert["rule"],
  checkLevel: row.checkLevel as Alert["checkLevel"],
  state: row.state as Alert["state"],
  firedAt: row.firedAt.toISOString(),
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
  acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
});
