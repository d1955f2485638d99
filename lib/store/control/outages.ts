// What a worker keeps in mind so that it can tell of the database being lost while it is, and how that is written down afterwards.
import type { ChannelInput, ChannelKind, ChannelMatch } from "#lib/contracts/notifications.ts";
import type { NextStep } from "#lib/core/notifications/pace.ts";
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
  return rows.map(({ sealed, ...row }) => ({ ...row, sealedTarget: sealed }));
}

/** Whether an alert of this rule that is over tells of the time from `fromMs` on. */
export async function isOutageTold(db: Queryable, ruleKey: string, fromMs: number): Promise<boolean> {
  const told = await db.query(
    "SELECT 1 FROM alert WHERE rule_key = $1 AND resolved_at >= to_timestamp($2::float8 / 1000) LIMIT 1",
    [ruleKey, fromMs],
  );
  return (told.rowCount ?? 0) > 0;
}

/** Held until the transaction ends: outages are written down one after the other. */
export const lockOutages = (tx: Queryable) => tx.query("SELECT pg_advisory_xact_lock(7302013)");

/** How far a channel has been told; `attempts` made so far. */
export type OutageDelivery = { channelId: string; attempts: number; createdMs: number; step: NextStep };

/**
 * Writes an outage down. With `deliveries` it has been told: what was delivered stays so, what was not goes on from there, and only
 * its end is still to be told. Without, all of it is.
 */
export async function writeOutage(
  tx: Queryable,
  alert: NewAlert,
  deliveries: readonly OutageDelivery[] | null,
): Promise<void> {
  await fireAlerts(tx, [alert]);
  // One that was silenced all the time is told of neither now.
  const isMuted = alert.muting !== null && alert.muting.kind !== "expected";
  if (deliveries === null && !isMuted) return;
  await tx.query("UPDATE alert SET firing_told = true, end_told = $2 WHERE id = $1", [alert.id, deliveries === null]);
  if (deliveries === null) return;
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
