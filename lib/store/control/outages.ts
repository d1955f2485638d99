// What a worker keeps in mind so that it can tell of the database being lost while it is, and how that is written down afterwards.
import type { ChannelInput, ChannelKind, ChannelMatch } from "#lib/contracts/notifications.ts";
import type { NextStep } from "#lib/core/notifications/pace.ts";
import { storedMatch } from "#lib/core/notifications/routing.ts";
import { fireAlerts, type NewAlert } from "./alerts.ts";
import type { Queryable } from "./database.ts";

export type KnownChannel = {
  id: string;
  kind: ChannelKind;
  name: string;
  language: ChannelInput["language"];
  match: ChannelMatch;
  /** Opened when it is sent to, and not before. */
  sealedTarget: string;
};

/** Channels that are on. */
export async function readChannels(db: Queryable): Promise<KnownChannel[]> {
  const { rows } = await db.query<Omit<KnownChannel, "sealedTarget"> & { sealed: string }>(
    "SELECT id, kind, name, language, match, sealed_target AS sealed FROM notification_channel WHERE enabled",
  );
  return rows.map(({ sealed, ...row }) => ({ ...row, match: storedMatch(row.match).match, sealedTarget: sealed }));
}

/** Whether an alert of this rule that is over tells of the time from `fromMs` on. */
export async function isOutageTold(db: Queryable, ruleKey: string, fromMs: number): Promise<boolean> {
  const told = await db.query(
    "SELECT 1 FROM alert WHERE rule_key = $1 AND resolved_at >= to_timestamp($2::float8 / 1000) LIMIT 1",
    [ruleKey, fromMs],
  );
  return (told.rowCount ?? 0) > 0;
}

/** When the alert of this id ended, Unix ms by the database's clock; null: there is none. */
export async function outageEndMs(db: Queryable, id: string): Promise<number | null> {
  const { rows } = await db.query<{ ended: Date | null }>("SELECT resolved_at AS ended FROM alert WHERE id = $1", [id]);
  return rows[0]?.ended?.getTime() ?? null;
}

/** What the next outage is named after. */
export async function readOutageSeed(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ outage: string }>("SELECT outage FROM alert_lease");
  if (!rows[0]) throw new Error("alert_lease has no row");
  return rows[0].outage;
}
/** Once one was written down. */
export async function nameNextOutage(tx: Queryable): Promise<string> {
  await tx.query("UPDATE alert_lease SET outage = gen_random_uuid()");
  return readOutageSeed(tx);
}

/** Held until the transaction ends: outages are written down one after the other. */
export const lockOutages = (tx: Queryable) => tx.query("SELECT pg_advisory_xact_lock(7302013)");

/** How far a channel has been told; `attempts` made so far. */
export type OutageDelivery = { channelId: string; attempts: number; createdMs: number; step: NextStep };

/**
 * Writes down an outage that is over. `deliveries` are of its beginning: what was delivered stays so, what was not goes on from there,
 * and nobody else hears of it; its end is still to be told. One that was silenced all the time is told of neither.
 */
export async function writeOutage(
  tx: Queryable,
  alert: NewAlert,
  deliveries: readonly OutageDelivery[],
): Promise<void> {
  await fireAlerts(tx, [alert]);
  const isMuted = alert.muting !== null && alert.muting.kind !== "expected";
  await tx.query("UPDATE alert SET firing_told = true, end_told = $2 WHERE id = $1", [alert.id, isMuted]);
  if (!isMuted) await addDeliveries(tx, alert, deliveries);
}

/** What channels were told of the beginning; what is known of a channel already stays. */
export async function addDeliveries(
  tx: Queryable,
  alert: NewAlert,
  deliveries: readonly OutageDelivery[],
): Promise<void> {
  const rows = deliveries.map(({ channelId, attempts, createdMs, step }) => ({
    ...{ channelId, attempts, createdMs, state: step.state },
    error: step.state === "delivered" ? null : step.error,
    nextMs: step.state === "pending" ? step.atMs : null,
  }));
  await tx.query(
    `INSERT INTO notification_delivery (channel_id, alert_id, event, subject, state, attempts, last_error, created_at, next_attempt_at, settled_at)
     SELECT d."channelId", $2, 'fired', $3, d.state, d.attempts, d.error, to_timestamp(d."createdMs" / 1000),
       to_timestamp(d."nextMs" / 1000), CASE WHEN d.state = 'pending' THEN NULL ELSE now() END
     FROM jsonb_to_recordset($1::jsonb) AS d ("channelId" uuid, state text, attempts int, error text, "createdMs" float8, "nextMs" float8)
     JOIN notification_channel c ON c.id = d."channelId" ON CONFLICT (channel_id, alert_id, event) DO NOTHING`,
    [JSON.stringify(rows), alert.id, alert.subjectName],
  );
}
