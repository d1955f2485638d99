// What changes of notification channels share. A target is sealed before it is
// stored; what is audited and answered never had its secrets.
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { ChannelTarget } from "#lib/contracts/notifications.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { leadsTo } from "#lib/core/notifications/leads-to.ts";
import { type ChangeOf, changeInTurn, refuseTaken } from "#lib/services/change-in-turn.ts";
import type { Tx } from "#lib/store/db.ts";
import type { NotificationChannel } from "#lib/store/generated/client.ts";
import { channelOwner } from "#lib/store/notification-owner.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";

export type ChannelChange = ChangeOf<NotificationChannel>;

export const changeChannels = (actor: Actor, change: (tx: Tx) => Promise<ChannelChange>): Promise<ChannelChange> =>
  changeInTurn({ name: "notification-channel", lock: 7_302_011, channel: CHANNELS.notifications, told }, actor, change);

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
  refuseTaken("channel", await tx.notificationChannel.findUnique({ where: { nameKey: nameKey(name) } }), ownId);
}
