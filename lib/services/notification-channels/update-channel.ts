import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { ChannelPatch, type ChannelView } from "#lib/contracts/notifications.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { changeChannels, refuseTakenName, targetColumns } from "#lib/services/notification-channels/channel-change.ts";
import { channelView } from "#lib/services/notification-channels/read-channels.ts";
import { parse } from "#lib/services/parse.ts";
import type { NotificationChannel } from "#lib/store/generated/client.ts";

/**
 * Fields left out stay; a target is replaced whole. What is pending goes to where the channel then leads.
 * @throws {ServiceError} `not-found`, `duplicate-name`, or `invalid-input` with every fault
 */
export async function updateChannel(actor: Actor, id: string, input: unknown): Promise<ChannelView> {
  authorise(actor, "admin");
  if (!Id.safeParse(id).success) throw notFound("notification channel", id);
  const { name, enabled, language, target, match } = parse(ChannelPatch, input);
  const { after } = await changeChannels(actor, async (tx) => {
    const before = await tx.notificationChannel.findUnique({ where: { id } });
    if (!before) throw notFound("notification channel", id);
    if (name !== undefined) await refuseTakenName(tx, name, id);
    const data = {
      ...(name !== undefined && { name, nameKey: nameKey(name) }),
      ...(enabled !== undefined && { enabled }),
      ...(language !== undefined && { language }),
      ...(match !== undefined && { match }),
      ...(target !== undefined && targetColumns(id, target)),
    };
    return { id, before, after: await tx.notificationChannel.update({ where: { id }, data }) };
  });
  return channelView(after as NotificationChannel);
}
