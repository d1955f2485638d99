import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { changeChannels } from "#lib/services/notification-channels/channel-change.ts";

/** Forgets a channel, its target, what is pending and its log. @throws {ServiceError} `not-found` */
export async function deleteChannel(actor: Actor, id: string): Promise<void> {
  authorise(actor, "admin");
  if (!Id.safeParse(id).success) throw notFound("notification channel", id);
  await changeChannels(actor, async (tx) => {
    const before = await tx.notificationChannel.findUnique({ where: { id } });
    if (!before) throw notFound("notification channel", id);
    await tx.notificationChannel.delete({ where: { id } });
    return { id, before, after: null };
  });
}
