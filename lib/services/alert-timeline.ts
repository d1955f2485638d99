import type { Actor } from "#lib/contracts/access.ts";
import { type AlertEvent, AlertNote } from "#lib/contracts/alerts.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { authorise } from "#lib/services/access.ts";
import { getAlert } from "#lib/services/alerts.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import type { AlertEvent as EventRow } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";

/** What happened to an alert, oldest first. @throws {ServiceError} `not-found` */
export async function listAlertEvents(actor: Actor, id: string): Promise<AlertEvent[]> {
  await getAlert(actor, id);
  const rows = await db().alertEvent.findMany({ where: { alertId: id }, orderBy: [{ at: "asc" }, { id: "asc" }] });
  return rows.map(viewOf);
}

/** Adds a note to an alert, also to one that has ended: what was found out afterwards. @throws {ServiceError} `not-found` */
export async function noteAlert(actor: Actor, id: string, input: unknown): Promise<AlertEvent> {
  authorise(actor, "operator");
  const { note } = parse(AlertNote, input);
  const { poolName, nodeName, subjectName } = await getAlert(actor, id);
  return db().$transaction(async (tx) => {
    const row = await tx.alertEvent.create({ data: { alertId: id, what: "noted", by: actor.name, note } });
    const targetName = [poolName, nodeName].filter(Boolean).join(" / ") || subjectName;
    await writeAudit(tx, actor, [
      { action: "alert.note", targetKind: "alert", targetId: id, targetName, after: { note } },
    ]);
    await notify(tx, CHANNELS.alert, id);
    return viewOf(row);
  });
}

const viewOf = ({ id, at, what, by, note }: EventRow): AlertEvent => ({
  id: String(id),
  at: at.toISOString(),
  what: what as AlertEvent["what"],
  by,
  note,
});
