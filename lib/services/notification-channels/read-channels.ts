import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { type ChannelKind, type ChannelView, type Delivery, DeliveryQuery } from "#lib/contracts/notifications.ts";
import { storedMatch } from "#lib/core/notifications/routing.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";
import type { NotificationChannel, NotificationDelivery } from "#lib/store/generated/client.ts";

/** Every channel, by name, without its secrets. */
export async function listChannels(actor: Actor): Promise<ChannelView[]> {
  authorise(actor, "viewer");
  return viewsOf(await db().notificationChannel.findMany({ orderBy: { nameKey: "asc" } }));
}

/** @throws {ServiceError} `not-found` */
export async function getChannel(actor: Actor, id: string): Promise<ChannelView> {
  authorise(actor, "viewer");
  const row = Id.safeParse(id).success ? await db().notificationChannel.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("notification channel", id);
  return channelView(row);
}

export async function channelView(row: NotificationChannel): Promise<ChannelView> {
  return (await viewsOf([row]))[0] as ChannelView;
}

async function viewsOf(rows: readonly NotificationChannel[]): Promise<ChannelView[]> {
  const ids = rows.map(({ id }) => id);
  const [last, pending] = await Promise.all([
    db().notificationDelivery.findMany({
      where: { channelId: { in: ids }, settledAt: { not: null } },
      orderBy: { settledAt: "desc" },
      distinct: ["channelId"],
    }),
    db().notificationDelivery.groupBy({
      by: ["channelId"],
      where: { channelId: { in: ids }, state: "pending" },
      _count: true,
    }),
  ]);
  return rows.map((row) => {
    const settled = last.find(({ channelId }) => channelId === row.id);
    return {
      id: row.id,
      name: row.name,
      enabled: row.enabled,
      kind: row.kind as ChannelKind,
      language: row.language as ChannelView["language"],
      leadsTo: row.leadsTo,
      ...storedMatch(row.match),
      last: settled
        ? {
            state: settled.state as Delivery["state"],
            settledAt: settled.settledAt?.toISOString() ?? null,
            lastError: settled.lastError,
          }
        : null,
      pending: pending.find(({ channelId }) => channelId === row.id)?._count ?? 0,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
}

/** What channels were told, the newest first. */
export async function listDeliveries(actor: Actor, query: unknown): Promise<Page<Delivery>> {
  authorise(actor, "viewer");
  const { limit, cursor, ...filter } = parse(DeliveryQuery, query);
  const before = readCursor(cursor);
  const rows = await db().notificationDelivery.findMany({
    where: { ...filter, ...(before !== undefined && { id: { lt: before } }) },
    include: { channel: { select: { name: true } } },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  return pageAfter(rows.map(deliveryView), limit, ({ id }) => id);
}

export const deliveryView = (row: NotificationDelivery & { channel: { name: string } }): Delivery => ({
  id: String(row.id),
  channelId: row.channelId,
  channelName: row.channel.name,
  event: row.event as Delivery["event"],
  alertId: row.alertId,
  subject: row.subject,
  state: row.state as Delivery["state"],
  attempts: row.attempts,
  lastError: row.lastError,
  createdAt: row.createdAt.toISOString(),
  nextAttemptAt: row.state === "pending" ? (row.nextAttemptAt?.toISOString() ?? null) : null,
  settledAt: row.settledAt?.toISOString() ?? null,
});
