import type { Actor } from "#lib/contracts/access.ts";
import { Acknowledgement, type Alert } from "#lib/contracts/alerts.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { Id } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { authorise } from "#lib/services/access.ts";
import { toAlert } from "#lib/services/alerts.ts";
import { notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import { notify } from "#lib/store/notify.ts";

/**
 * Tells everybody that the actor has taken a firing alert on. It goes on firing until its cause is gone.
 * @throws {ServiceError} `not-found`; `conflict` when it has ended, or somebody else has taken it on
 */
export async function acknowledgeAlert(actor: Actor, id: string, input: unknown): Promise<Alert> {
  authorise(actor, "operator");
  const { note } = parse(Acknowledgement, input);
  if (!Id.safeParse(id).success) throw notFound("alert", id);
  return db().$transaction(async (tx) => {
    const { count } = await tx.alert.updateMany({
      where: { id, state: "firing", acknowledgedAt: null },
      data: { acknowledgedAt: new Date(), acknowledgedBy: actor.name, acknowledgement: note },
    });
    const row = await tx.alert.findUnique({ where: { id } });
    if (!row) throw notFound("alert", id);
    if (count === 0) throw new ServiceError("conflict", whyNot(row));
    await tx.alertEvent.create({ data: { alertId: id, what: "acknowledged", by: actor.name, note } });
    await writeAudit(tx, actor, [
      {
        action: "alert.acknowledge",
        targetKind: "alert",
        targetId: id,
        targetName: [row.poolName, row.nodeName].filter(Boolean).join(" / ") || row.subjectName,
        after: { rule: row.rule, level: row.level, note },
      },
    ]);
    await notify(tx, CHANNELS.alert, id);
    return toAlert(row);
  });
}

const whyNot = ({ state, acknowledgedBy }: { state: string; acknowledgedBy: string | null }): string =>
  state === "firing" ? `${acknowledgedBy} has taken this alert on already.` : "This alert has ended.";
