import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { ChannelInput, type ChannelView } from "#lib/contracts/notifications.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import { changeChannels, refuseTakenName, targetColumns } from "#lib/services/notification-channels/channel-change.ts";
import { channelView } from "#lib/services/notification-channels/read-channels.ts";
import { parse } from "#lib/services/parse.ts";
import type { NotificationChannel } from "#lib/store/generated/client.ts";

/** @throws {ServiceError} `invalid-input` with every fault, or `duplicate-name` */
export async function createChannel(actor: Actor, input: unknown): Promise<ChannelView> {
  authorise(actor, "admin");
  const { name, enabled, language, target, match } = parse(ChannelInput, input);
  const id = randomUUID();
  const { after } = await changeChannels(actor, async (tx) => {
    await refuseTakenName(tx, name, id);
    const data = { id, name, nameKey: nameKey(name), enabled, language, match, ...targetColumns(id, target) };
    return { id, before: null, after: await tx.notificationChannel.create({ data }) };
  });
  return channelView(after as NotificationChannel);
}
