import type { Actor } from "#lib/contracts/access.ts";
import { type Alert, AlertQuery, knownRule } from "#lib/contracts/alerts.ts";
import { Id } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { badCursor, type Page, pageAfter } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { alertsWhere } from "#lib/store/alert-filter.ts";
import { db } from "#lib/store/db.ts";
import type { Alert as AlertRow } from "#lib/store/generated/client.ts";

/** Alerts, the one that fired last first; `state=firing` gives those that are true now. */
export async function listAlerts(actor: Actor, query: unknown): Promise<Page<Alert>> {
  authorise(actor, "viewer");
  const { limit, cursor, ...filter } = parse(AlertQuery, query);
  const before = cursor === undefined ? {} : olderThan(cursor);
  const alerts = await readAlerts([await alertsWhere(filter), before], limit + 1);
  return pageAfter(alerts, limit, cursorOf);
}

/** The newest of those that fulfil every condition. */
export async function readAlerts(conditions: object[], limit: number): Promise<Alert[]> {
  const rows = await db().alert.findMany({
    where: { AND: conditions },
    orderBy: [{ firedAt: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map(toAlert);
}

export const cursorOf = (alert: Alert): string => `${Date.parse(alert.firedAt)}_${alert.id}`;

/** @throws {ServiceError} `not-found` */
export async function getAlert(actor: Actor, id: string): Promise<Alert> {
  authorise(actor, "viewer");
  const row = Id.safeParse(id).success ? await db().alert.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("alert", id);
  return toAlert(row);
}

/** Several may fire in one millisecond: the id decides among them. */
export function olderThan(cursor: string) {
  const [at, id] = cursor.split("_");
  if (!/^\d{1,15}$/.test(at ?? "") || !Id.safeParse(id).success) throw badCursor();
  const firedAt = new Date(Number(at));
  return { OR: [{ firedAt: { lt: firedAt } }, { firedAt, id: { lt: id } }] };
}

export function toAlert(row: AlertRow): Alert {
  const { mutedBy, mutedKind, mutedName, mutedUntil } = row;
  return {
    id: row.id,
    rule: knownRule(row.rule),
    ruleKey: row.ruleKey,
    ruleName: row.ruleName,
    level: row.level,
    state: row.state as Alert["state"],
    subjectKind: row.subjectKind,
    subjectName: row.subjectName,
    poolId: row.poolId,
    nodeId: row.nodeId,
    poolName: row.poolName,
    nodeName: row.nodeName,
    labels: (row.labels ?? {}) as Alert["labels"],
    reason: row.reason,
    checkLevel: row.checkLevel as Alert["checkLevel"],
    detail: row.detail,
    consecutiveFailures: row.consecutiveFailures,
    figures: row.figures as Alert["figures"],
    firedAt: row.firedAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    endCause: row.endCause,
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    acknowledgement: row.acknowledgement,
    muted:
      mutedBy && mutedKind && mutedUntil
        ? { by: mutedBy, kind: mutedKind as "silence", name: mutedName, until: mutedUntil.toISOString() }
        : null,
  };
}
