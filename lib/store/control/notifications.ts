// The outbox of notifications, as control sees it. Alerts are handed to the channels in the transaction that marks them as
// told; a channel is sent to by one worker at a time, for as long as it holds the channel's row.
import { type Alert, knownRule } from "#lib/contracts/alerts.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { Labels } from "#lib/contracts/config/labels.ts";
import type { ChannelInput, ChannelKind, ChannelMatch, Delivery } from "#lib/contracts/notifications.ts";
import type { NextStep } from "#lib/core/notifications/pace.ts";
import { storedMatch } from "#lib/core/notifications/routing.ts";
import { type Database, inTransaction, type Queryable } from "./database.ts";

export type Untold = {
  alertId: string;
  event: "fired" | "resolved";
  rule: Alert["rule"];
  level: number;
  poolId: string | null;
  /** Null: it is about neither pool nor node. */
  labels: Labels | null;
};
export type Told = { channelId: string; alertId: string; event: Untold["event"]; subject: string };
export type RoutableChannel = { id: string; match: ChannelMatch };

const HANDED_AT_ONCE = 500;

/**
 * Hands alerts that fired or ended to the channels that `isTold` names.
 * @returns how many were looked at; as many as `HANDED_AT_ONCE`: there may be more
 */
export function handOverAlerts(
  database: Database,
  gatherMs: number,
  isTold: (match: ChannelMatch, alert: Untold) => boolean,
): Promise<number> {
  return inTransaction(database, async (tx) => {
    const { rows } = await tx.query<UntoldRow>(
      `SELECT id, rule, level, pool_id, pool_name, node_name, subject_name, labels, state, firing_told FROM alert
       WHERE (NOT firing_told AND (muted_kind IS NULL OR muted_kind = 'expected')) OR (state = 'resolved' AND NOT end_told)
       ORDER BY fired_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [HANDED_AT_ONCE],
    );
    if (rows.length === 0) return 0;
    const stored = await tx.query<RoutableChannel>("SELECT id, match FROM notification_channel WHERE enabled");
    const channels = stored.rows.map(({ id, match }) => ({ id, match: storedMatch(match).match }));
    const told = rows.flatMap((row) =>
      newsOf(row).flatMap((untold) =>
        channels
          .filter(({ match }) => isTold(match, untold))
          .map(({ id }) => ({ channelId: id, alertId: row.id, event: untold.event, subject: subjectOf(row) })),
      ),
    );
    await insertDeliveries(tx, told, gatherMs);
    await tx.query("UPDATE alert SET firing_told = true, end_told = (state = 'resolved') WHERE id = ANY($1::uuid[])", [
      rows.map(({ id }) => id),
    ]);
    return rows.length;
  });
}

type UntoldRow = {
  id: string;
  rule: string;
  level: number;
  pool_id: string | null;
  pool_name: string;
  node_name: string;
  subject_name: string;
  labels: Labels | null;
  state: Alert["state"];
  firing_told: boolean;
};

const subjectOf = ({ pool_name, node_name, subject_name }: UntoldRow): string =>
  [pool_name, node_name].filter((name) => name !== "").join(" / ") || subject_name;

function newsOf({ id, rule, level, pool_id, labels, state, firing_told }: UntoldRow): Untold[] {
  const about = { alertId: id, rule: knownRule(rule), level, poolId: pool_id, labels };
  const fired: Untold[] = firing_told ? [] : [{ ...about, event: "fired" }];
  return state === "resolved" ? [...fired, { ...about, event: "resolved" }] : fired;
}

async function insertDeliveries(tx: Queryable, told: readonly Told[], gatherMs: number): Promise<void> {
  if (told.length === 0) return;
  await tx.query(
    `INSERT INTO notification_delivery (channel_id, alert_id, event, subject, next_attempt_at)
     SELECT d."channelId", d."alertId", d.event, d.subject, now() + $2 * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS d ("channelId" uuid, "alertId" uuid, event text, subject text)
     ON CONFLICT (channel_id, alert_id, event) DO NOTHING`,
    [JSON.stringify(told), gatherMs],
  );
}

/** A channel with something to be told, and what of it is due when. */
export type WaitingChannel = {
  id: string;
  kind: ChannelKind;
  /** Unix ms; null: a whole burst may be sent. */
  fullAtMs: number | null;
  dueMs: number;
  /** Another worker is at it until then. */
  sendingUntilMs: number | null;
};

/** @returns every channel for which something waits; switched off ones wait until they are switched on */
export async function waitingChannels(db: Queryable): Promise<WaitingChannel[]> {
  const { rows } = await db.query<{ id: string; kind: ChannelKind; full: Date | null; due: Date; busy: Date | null }>(
    `SELECT c.id, c.kind, c.full_at AS full, c.sending_until AS busy, min(d.next_attempt_at) AS due
     FROM notification_delivery d JOIN notification_channel c ON c.id = d.channel_id
     WHERE d.state = 'pending' AND (c.enabled OR d.event = 'test') GROUP BY c.id`,
  );
  return rows.map(({ id, kind, full, due, busy }) => ({
    id,
    kind,
    fullAtMs: full?.getTime() ?? null,
    dueMs: due.getTime(),
    sendingUntilMs: busy?.getTime() ?? null,
  }));
}

/** `lease`: what the claim is told apart by from another one. */
export type ClaimedChannel = { id: string; name: string; language: Locale; sealedTarget: string; lease: string };
type Locale = ChannelInput["language"];

/**
 * Takes a channel for `leaseMs`, unless somebody has it: a message that was being sent by who died is sent again after that.
 * @param fullAtMs what the message uses up of the channel's pace
 */
export async function claimChannel(
  db: Queryable,
  id: string,
  { leaseMs, fullAtMs, wasFullAtMs }: { leaseMs: number; fullAtMs: number; wasFullAtMs: number | null },
): Promise<ClaimedChannel | null> {
  const { rows } = await db.query<{ id: string; name: string; language: Locale; sealed_target: string; lease: string }>(
    `UPDATE notification_channel SET sending_until = now() + $2 * interval '1 millisecond', full_at = to_timestamp($3 / 1000.0)
     WHERE id = $1 AND (sending_until IS NULL OR sending_until <= now())
       AND full_at IS NOT DISTINCT FROM to_timestamp($4::float8 / 1000.0)
     RETURNING id, name, language, sealed_target, sending_until::text AS lease`,
    [id, leaseMs, fullAtMs, wasFullAtMs],
  );
  const row = rows[0];
  return row
    ? { id: row.id, name: row.name, language: row.language, sealedTarget: row.sealed_target, lease: row.lease }
    : null;
}

/** What of a channel is due, the oldest first; what was said of a channel that is off waits, but for tests. */
export async function dueDeliveries(db: Queryable, channelId: string, limit: number): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueRow>(
    `SELECT d.id, d.event, d.attempts, d.created_at, d.alert_id, a.rule, a.level, a.state AS alert_state, a.pool_id, a.node_id,
       a.pool_name, a.node_name, a.rule_name, a.subject_name, a.figures, coalesce(a.labels, '{}') AS labels, CASE WHEN a.muted_kind = 'expected' THEN a.muted_name ELSE '' END AS expected_by,
       a.reason, a.check_level, a.detail, a.consecutive_failures, a.fired_at, a.resolved_at
     FROM notification_delivery d JOIN notification_channel c ON c.id = d.channel_id LEFT JOIN alert a ON a.id = d.alert_id
     WHERE d.channel_id = $1 AND d.state = 'pending' AND d.next_attempt_at <= now() AND (c.enabled OR d.event = 'test')
     ORDER BY d.id LIMIT $2`,
    [channelId, limit],
  );
  return rows.map(dueOf);
}

export type DueDelivery = {
  id: string;
  event: Delivery["event"];
  attempts: number;
  createdMs: number;
  /** Null: of a test, or the alert is in the history no more. */
  alert: AlertTold | null;
};
/** What is told of an alert, as it stands now. */
export type AlertTold = Pick<
  Alert,
  | "id"
  | "rule"
  | "ruleName"
  | "level"
  | "poolId"
  | "nodeId"
  | "poolName"
  | "nodeName"
  | "subjectName"
  | "reason"
  | "checkLevel"
  | "detail"
  | "figures"
  | "labels"
> & {
  /** The window in which it was to be expected; empty: none. */ expectedBy: string;
  consecutiveFailures: number;
  firedMs: number;
  resolvedMs: number | null;
};

type DueRow = Record<"id" | "event", string> & {
  attempts: number;
  created_at: Date;
  alert_id: string | null;
  rule: string | null;
  level: number;
  pool_id: string | null;
  node_id: string | null;
  pool_name: string;
  node_name: string;
  rule_name: string;
  subject_name: string;
  figures: Alert["figures"];
  labels: Labels;
  expected_by: string;
  reason: string;
  check_level: Alert["checkLevel"];
  detail: string;
  consecutive_failures: number;
  fired_at: Date;
  resolved_at: Date | null;
};

const dueOf = (row: DueRow): DueDelivery => ({
  id: row.id,
  event: row.event as Delivery["event"],
  attempts: row.attempts,
  createdMs: row.created_at.getTime(),
  alert:
    row.alert_id === null || row.rule === null
      ? null
      : {
          id: row.alert_id,
          rule: knownRule(row.rule),
          level: row.level,
          poolId: row.pool_id,
          nodeId: row.node_id,
          poolName: row.pool_name,
          nodeName: row.node_name,
          ruleName: row.rule_name,
          subjectName: row.subject_name,
          figures: row.figures,
          labels: row.labels,
          expectedBy: row.expected_by,
          reason: row.reason,
          checkLevel: row.check_level,
          detail: row.detail,
          consecutiveFailures: row.consecutive_failures,
          firedMs: row.fired_at.getTime(),
          resolvedMs: row.resolved_at?.getTime() ?? null,
        },
});

export type Settled = { id: string } & NextStep;

/** What came of a message to a channel, under the lease that it was claimed with. */
export type Settlement = { channelId: string; lease: string; settled: readonly Settled[] };

/**
 * Writes down what came of a message, and gives the channel free. Done late, or twice, it changes nothing that was settled, and
 * ends nobody else's lease.
 */
export async function settleDeliveries(database: Database, { channelId, lease, settled }: Settlement): Promise<void> {
  const rows = settled.map((step) => ({
    id: step.id,
    state: step.state,
    error: step.state === "delivered" ? null : step.error,
    next: step.state === "pending" ? new Date(step.atMs).toISOString() : null,
  }));
  await inTransaction(database, async (tx) => {
    await tx.query(
      `UPDATE notification_delivery d SET state = s.state, attempts = d.attempts + 1, next_attempt_at = s.next,
         last_error = coalesce(s.error, CASE WHEN s.state = 'delivered' THEN NULL ELSE d.last_error END),
         settled_at = CASE WHEN s.state = 'pending' THEN NULL ELSE now() END
       FROM jsonb_to_recordset($1::jsonb) AS s (id bigint, state text, error text, next timestamptz)
       WHERE d.id = s.id AND d.state = 'pending'`,
      [JSON.stringify(rows)],
    );
    await tx.query(
      "UPDATE notification_channel SET sending_until = NULL WHERE id = $1 AND sending_until = $2::text::timestamptz",
      [channelId, lease],
    );
    await tx.query("SELECT pg_notify($1, $2)", [CHANNELS.notifications, channelId]);
  });
}
