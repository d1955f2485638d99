// Tells the channels of alerts. Any worker may: alerts are handed over once, whoever comes first, and a channel is sent to by
// one worker at a time.
import { randomUUID } from "node:crypto";
import { ChannelTarget } from "#lib/contracts/notifications.ts";
import { decideAttempt } from "#lib/core/attempts.ts";
import { afterAttempt, GATHER_MS, MAX_TOGETHER, PACES, type SendOutcome } from "#lib/core/notifications/pace.ts";
import { isTold } from "#lib/core/notifications/routing.ts";
import type { Database } from "#lib/store/control/database.ts";
import {
  type ClaimedChannel,
  claimChannel,
  type DueDelivery,
  dueDeliveries,
  handOverAlerts,
  type Settled,
  type Settlement,
  settleDeliveries,
  type WaitingChannel,
  waitingChannels,
} from "#lib/store/control/notifications.ts";
import { channelOwner } from "#lib/store/notification-owner.ts";
import { SealError, type SecretKey } from "#lib/store/sealing.ts";
import { messageOf } from "./message.ts";
import type { Sender } from "./send.ts";

/** Three times as long as a request may take: a worker that dies while it sends holds nobody up for longer. */
const LEASE_MS = 30_000;
/** How many channels are sent to at once. */
const AT_ONCE = 4;

export type NotifierOptions = {
  database: Database;
  sender: Sender;
  secretKey: () => SecretKey;
  /** Where people find the dashboard; null: links are left out. */
  dashboardUrl: string | null;
};

/**
 * Hands over what is to be told and sends what is due.
 * @returns when something is due next, Unix ms; null: nothing waits
 */
export async function notify(options: NotifierOptions): Promise<number | null> {
  const { database } = options;
  await settleUnwritten(database);
  while ((await handOverAlerts(database, GATHER_MS, (match, alert) => isTold(match, alert, alert.event))) > 0);
  const waiting = await knownChannels(database);
  const nowMs = Date.now();
  const due = waiting.filter((channel) => readyAtMs(channel, nowMs) <= nowMs);
  for (let at = 0; at < due.length; at += AT_ONCE)
    await Promise.all(due.slice(at, at + AT_ONCE).map((channel) => sendDue(options, channel)));
  const left = due.length > 0 ? await knownChannels(database) : waiting;
  return left.length === 0 ? null : Math.min(...left.map((channel) => readyAtMs(channel, Date.now())));
}

/** Those of kinds that only another version knows wait for it. */
const knownChannels = async (database: Database): Promise<WaitingChannel[]> =>
  (await waitingChannels(database)).filter(({ kind }) => Object.hasOwn(PACES, kind));

/** When a channel may be sent what waits for it. */
function readyAtMs({ kind, dueMs, fullAtMs, sendingUntilMs }: WaitingChannel, nowMs: number): number {
  const pace = decideAttempt(PACES[kind], fullAtMs, nowMs);
  const pacedMs = pace.is === "allowed" ? 0 : nowMs + pace.retryAfterMs;
  return Math.max(dueMs, pacedMs, sendingUntilMs ?? 0);
}

async function sendDue(options: NotifierOptions, { id, kind, fullAtMs }: WaitingChannel): Promise<void> {
  const { database } = options;
  const pace = decideAttempt(PACES[kind], fullAtMs, Date.now());
  if (pace.is === "refused") return;
  const lease = { leaseMs: LEASE_MS, fullAtMs: Math.ceil(pace.fullAtMs), wasFullAtMs: fullAtMs };
  const channel = await claimChannel(database, id, lease);
  if (channel === null) return;
  const due = await dueDeliveries(database, id, MAX_TOGETHER);
  const outcome: SendOutcome = due.length === 0 ? { is: "delivered" } : await send(options, channel, due);
  const nowMs = Date.now();
  const settled: Settled[] = due.map(({ id: deliveryId, event, attempts, createdMs }) => ({
    id: deliveryId,
    ...afterAttempt(event === "test" ? onceOnly(outcome) : outcome, {
      attempts: attempts + 1,
      createdMs,
      nowMs,
      random: Math.random(),
    }),
  }));
  await settle(database, { channelId: id, lease: channel.lease, settled });
}

/** What was sent and could not be written down since the database went away: unwritten, it would be sent again. */
const unwritten = new WeakMap<Database, Settlement[]>();

async function settle(database: Database, settlement: Settlement): Promise<void> {
  try {
    await settleDeliveries(database, settlement);
  } catch (cause) {
    unwritten.set(database, [...(unwritten.get(database) ?? []), settlement]);
    throw cause;
  }
}

async function settleUnwritten(database: Database): Promise<void> {
  const settlements = unwritten.get(database) ?? [];
  for (let first = settlements[0]; first !== undefined; first = settlements[0]) {
    await settleDeliveries(database, first);
    settlements.shift();
  }
}

/** Whoever tests a channel wants to hear what is wrong, not to wait for it to be right. */
const onceOnly = (outcome: SendOutcome): SendOutcome =>
  outcome.is === "failed" ? { is: "refused", error: outcome.error } : outcome;

const send = (options: NotifierOptions, channel: ClaimedChannel, due: readonly DueDelivery[]): Promise<SendOutcome> =>
  sendTo(options, channel, due, `gb-${due[0]?.id ?? randomUUID()}-${due.length}`);

/** Sends one message; its target is opened for as long as that takes. */
export async function sendTo(
  { sender, secretKey, dashboardUrl }: Omit<NotifierOptions, "database">,
  channel: Pick<ClaimedChannel, "id" | "name" | "language" | "sealedTarget">,
  due: readonly DueDelivery[],
  messageId: string,
): Promise<SendOutcome> {
  const message = messageOf(due, { language: channel.language, channelName: channel.name, dashboardUrl });
  try {
    const opened = secretKey().open(channel.sealedTarget, channelOwner(channel.id));
    return await sender.send(ChannelTarget.parse(JSON.parse(opened)), message, messageId, Date.now());
  } catch (error) {
    // Another key, until this worker is started with the new one: it may be tried again.
    const told = error instanceof SealError ? error.message : "its target cannot be read";
    return { is: "failed", error: told };
  }
}
