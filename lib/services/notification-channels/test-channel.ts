import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { Id } from "#lib/contracts/common.ts";
import type { Delivery } from "#lib/contracts/notifications.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { deliveryView } from "#lib/services/notification-channels/read-channels.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import { subscribe } from "#lib/store/notifications.ts";
import { notify } from "#lib/store/notify.ts";

/** Longer than the one attempt may take. */
const PATIENCE_MS = 20_000;

/**
 * Sends a test message, also to a channel that is off, and waits for what comes of it. It is tried once.
 * @throws {ServiceError} `not-found`; `no-worker-answer` when no worker has sent it in time
 */
export async function testChannel(actor: Actor, id: string, input: unknown, signal: AbortSignal): Promise<Delivery> {
  authorise(actor, "operator");
  parse(EmptyInput, input);
  if (!Id.safeParse(id).success) throw notFound("notification channel", id);
  const deliveryId = await db().$transaction(async (tx) => {
    const channel = await tx.notificationChannel.findUnique({ where: { id } });
    if (!channel) throw notFound("notification channel", id);
    await writeAudit(tx, actor, [
      {
        action: "notification-channel.test",
        targetKind: "notification-channel",
        targetId: id,
        targetName: channel.name,
      },
    ]);
    const data = { channelId: id, event: "test", subject: "", nextAttemptAt: new Date() };
    const { id: made } = await tx.notificationDelivery.create({ data });
    await notify(tx, CHANNELS.notifications, id);
    return made;
  });
  const settled = await untilSettled(deliveryId, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
  if (settled) return settled;
  throw new ServiceError(
    "no-worker-answer",
    "No worker has sent the test message in time; it is sent when one is there.",
  );
}

/** The delivery once it is settled; null when `signal` comes first. */
async function untilSettled(id: bigint, signal: AbortSignal): Promise<Delivery | null> {
  return new Promise((resolve, reject) => {
    const finish = (end: () => void) => {
      unsubscribe();
      signal.removeEventListener("abort", onAbort);
      end();
    };
    const onAbort = () => finish(() => resolve(null));
    const look = () =>
      db()
        .notificationDelivery.findUnique({ where: { id }, include: { channel: { select: { name: true } } } })
        .then(
          (row) => (!row || row.settledAt !== null) && finish(() => resolve(row && deliveryView(row))),
          (cause) => finish(() => reject(cause)),
        );
    const unsubscribe = subscribe({
      onConnected: look,
      onNotification: (channel) => channel === CHANNELS.notifications && void look(),
    });
    signal.addEventListener("abort", onAbort);
  });
}

/** Tries a delivery that was given up once more, from the start. @throws {ServiceError} `not-found`, or `conflict` unless it failed */
export async function retryDelivery(actor: Actor, id: string, input: unknown): Promise<Delivery> {
  authorise(actor, "operator");
  parse(EmptyInput, input);
  if (!/^\d{1,18}$/.test(id)) throw notFound("delivery", id);
  return db().$transaction(async (tx) => {
    const before = await tx.notificationDelivery.findUnique({ where: { id: BigInt(id) } });
    if (!before) throw notFound("delivery", id);
    const { count } = await tx.notificationDelivery.updateMany({
      where: { id: before.id, state: "failed" },
      data: { state: "pending", attempts: 0, nextAttemptAt: new Date(), settledAt: null, createdAt: new Date() },
    });
    if (count === 0)
      throw new ServiceError("conflict", `The delivery is ${before.state}: only a failed one is tried again.`);
    return retried(tx, actor, before.id);
  });
}

async function retried(tx: Tx, actor: Actor, id: bigint): Promise<Delivery> {
  const row = await tx.notificationDelivery.findUniqueOrThrow({
    where: { id },
    include: { channel: { select: { name: true } } },
  });
  await writeAudit(tx, actor, [
    {
      action: "notification-channel.retry",
      targetKind: "notification-channel",
      targetId: row.channelId,
      targetName: row.channel.name,
      after: { delivery: String(id), subject: row.subject },
    },
  ]);
  await notify(tx, CHANNELS.notifications, row.channelId);
  return deliveryView(row);
}
