// What changes of notification channels share: audited, told to the workers, in no revision. A target is sealed before it is
// stored; what is audited and answered never had its secrets.
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { ChannelTarget } from "#lib/contracts/notifications.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { leadsTo } from "#lib/core/notifications/leads-to.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { NotificationChannel } from "#lib/store/generated/client.ts";
import { channelOwner } from "#lib/store/notification-owner.ts";
import { notify } from "#lib/store/notify.ts";
import { requireCheck } from "#lib/store/secret-check.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";

/** One change at a time, in the whole cluster: names are unique without case. */
const LOCK = 7_302_011;

export type ChannelChange = { id: string; before: NotificationChannel | null; after: NotificationChannel | null };

/** Carries `change` out, with its audit, and tells the workers when it is committed. */
export async function changeChannels(actor: Actor, change: (tx: Tx) => Promise<ChannelChange>): Promise<ChannelChange> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
    // What a key that was rotated since seals now, nobody could open.
    const check = await tx.secretCheck.findFirst();
    if (check) requireCheck(processSecretKey(), check.sealed, "the database");
    const changed = await change(tx);
    const { id, before, after } = changed;
    const act = before === null ? "create" : after === null ? "delete" : "update";
    await writeAudit(tx, actor, [
      {
        action: `notification-channel.${act}`,
        targetKind: "notification-channel",
        targetId: id,
        targetName: (after ?? before)?.name ?? "",
        before: before && told(before),
        after: after && told(after),
      },
    ]);
    await notify(tx, CHANNELS.notifications, id);
    return changed;
  });
}

const told = ({ name, enabled, kind, language, leadsTo: where, match }: NotificationChannel) => ({
  name,
  enabled,
  kind,
  language,
  leadsTo: where,
  match,
});

/** The columns of a target. */
export const targetColumns = (id: string, target: ChannelTarget) => ({
  kind: target.kind,
  leadsTo: leadsTo(target),
  sealedTarget: processSecretKey().seal(JSON.stringify(target), channelOwner(id)),
});

/** @throws {ServiceError} `duplicate-name` when another channel has the name */
export async function refuseTakenName(tx: Tx, name: string, ownId: string): Promise<void> {
  const other = await tx.notificationChannel.findUnique({ where: { nameKey: nameKey(name) } });
  if (other === null || other.id === ownId) return;
  throw new ServiceError("duplicate-name", `There is a channel named ${other.name} already.`, {
    faults: [{ path: ["name"], code: "duplicate-name", message: "is taken" }],
  });
}
