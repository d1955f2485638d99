// Alerts as the one who evaluates reads and writes them. Everything of one evaluation is one transaction that holds the lease's
// row: whoever is killed in the middle has done nothing, and who comes after finds what was before.
import { randomUUID } from "node:crypto";
import type { AlertRule } from "#lib/contracts/alerts.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { Labels } from "#lib/contracts/config/labels.ts";
import type { AlertAction, Tracked } from "#lib/core/alerts/engine.ts";
import type { Matchable, Muting } from "#lib/core/alerts/silencing.ts";
import { readMutings as readable } from "#lib/core/alerts/stored-mutings.ts";
import type { Queryable } from "./database.ts";

/** For so long nobody else evaluates; whoever holds it renews it with every evaluation. */
export const ALERT_LEASE_MS = 6_000;

/** `nowMs`: by the database's clock. `outage`: what the next loss of the database is named after. */
export type AlertLease = { isMine: true; nowMs: number; outage: string } | { isMine: false; outage: string };

/** Takes or renews the lease, and holds its row until the transaction ends. */
export async function takeAlertLease(tx: Queryable, workerId: string): Promise<AlertLease> {
  // Looked at first, and without waiting: who does not have it must not queue up behind who does.
  const seen = await tx.query<{ outage: string; free: boolean }>(
    "SELECT outage, holder = $1 OR until <= now() AS free FROM alert_lease",
    [workerId],
  );
  const { outage, free } = seen.rows[0] ?? { outage: "", free: false };
  if (!free) return { isMine: false, outage };
  const { rows } = await tx.query<{ now: Date; outage: string }>(
    `UPDATE alert_lease SET holder = $1, until = clock_timestamp() + $2 * interval '1 millisecond',
       since = CASE WHEN holder = $1 THEN since ELSE clock_timestamp() END
     WHERE holder = $1 OR until <= clock_timestamp() RETURNING clock_timestamp() AS now, outage`,
    [workerId, ALERT_LEASE_MS],
  );
  const [row] = rows;
  return row ? { isMine: true, nowMs: row.now.getTime(), outage: row.outage } : { isMine: false, outage };
}

/** Gives it up, so that the next one need not wait for its end. */
export async function releaseAlertLease(db: Queryable, workerId: string): Promise<void> {
  await db.query("UPDATE alert_lease SET until = now() WHERE holder = $1", [workerId]);
}

export type TrackedAlert = Tracked & { nodeId: string | null };

/** What is pending or firing, by fingerprint. Alerts that were told by who does not evaluate are none of them. */
export async function readTracked(tx: Queryable): Promise<Map<string, TrackedAlert>> {
  const { rows } = await tx.query<TrackedRow>(
    `SELECT fingerprint, rule_key, subject_kind, subject_id, fired_at AS since, clear_since, true AS firing
     FROM alert WHERE state = 'firing' AND subject_id <> ''
     UNION ALL SELECT fingerprint, rule_key, subject_kind, subject_id, since, NULL, false FROM alert_pending`,
  );
  return new Map(rows.map((row) => [row.fingerprint, trackedOf(row)]));
}

type TrackedRow = {
  fingerprint: string;
  rule_key: string;
  subject_kind: Tracked["subject"]["kind"];
  subject_id: string;
  since: Date;
  clear_since: Date | null;
  firing: boolean;
};

function trackedOf(row: TrackedRow): TrackedAlert {
  const about = {
    fingerprint: row.fingerprint,
    ruleKey: row.rule_key,
    subject: { kind: row.subject_kind, id: row.subject_id },
    nodeId: row.subject_kind === "node" ? row.subject_id : null,
    sinceMs: row.since.getTime(),
  };
  return row.firing
    ? { ...about, is: "firing", clearSinceMs: row.clear_since?.getTime() ?? null }
    : { ...about, is: "pending" };
}

type Of<K extends AlertAction["do"]> = Extract<AlertAction, { do: K }>;
const only = <K extends AlertAction["do"]>(actions: readonly AlertAction[], what: K): Of<K>[] =>
  actions.filter((action): action is Of<K> => action.do === what);

/** Carries actions out. @param mute what keeps a new alert from being told */
export async function carryOutAlerts(
  tx: Queryable,
  actions: readonly AlertAction[],
  mute: (alert: Matchable) => Muting | null,
): Promise<void> {
  await pend(tx, only(actions, "pend"));
  const gone = [...only(actions, "forget"), ...only(actions, "fire")].map(({ fingerprint }) => fingerprint);
  if (gone.length > 0) await tx.query("DELETE FROM alert_pending WHERE fingerprint = ANY($1::text[])", [gone]);
  await clear(tx, only(actions, "clear"));
  await fireAlerts(
    tx,
    only(actions, "fire").map((action) => newAlertOf(action, mute)),
  );
  await resolveAlerts(tx, only(actions, "resolve"));
}

async function pend(tx: Queryable, pending: readonly Of<"pend">[]): Promise<void> {
  if (pending.length === 0) return;
  await tx.query(
    `INSERT INTO alert_pending (fingerprint, rule_key, subject_kind, subject_id, since)
     SELECT p.fingerprint, p."ruleKey", p.kind, p.id, to_timestamp(p."sinceMs" / 1000)
     FROM jsonb_to_recordset($1::jsonb) AS p (fingerprint text, "ruleKey" text, kind text, id text, "sinceMs" float8)
     ON CONFLICT (fingerprint) DO NOTHING`,
    [JSON.stringify(pending.map(({ subject: { kind, id }, ...each }) => ({ ...each, kind, id })))],
  );
}

async function clear(tx: Queryable, clearing: readonly Of<"clear">[]): Promise<void> {
  if (clearing.length === 0) return;
  await tx.query(
    `UPDATE alert SET clear_since = to_timestamp(u.since / 1000) FROM unnest($1::text[], $2::float8[]) AS u (fingerprint, since)
     WHERE alert.state = 'firing' AND alert.fingerprint = u.fingerprint`,
    [clearing.map(({ fingerprint }) => fingerprint), clearing.map(({ sinceMs }) => sinceMs)],
  );
}

function newAlertOf({ fingerprint, rule, finding, firedMs }: Of<"fire">, mute: (alert: Matchable) => Muting | null) {
  const { subject, reason, checkLevel, detail, consecutiveFailures, figures } = finding;
  const kind: AlertRule = rule.condition.kind;
  const nodeName = subject.kind === "node" ? subject.name : "";
  const { labels, poolName } = subject;
  const muting = mute({ rule: kind, ruleKey: rule.key, level: rule.level, poolName, nodeName, labels });
  return {
    id: randomUUID(),
    kind,
    ruleKey: rule.key,
    ruleName: rule.name,
    level: rule.level,
    fingerprint,
    subjectKind: subject.kind,
    subjectId: subject.id,
    subjectName: subject.name,
    poolId: subject.poolId,
    nodeId: subject.kind === "node" ? subject.id : null,
    poolName,
    nodeName,
    labels,
    reason,
    checkLevel,
    detail,
    consecutiveFailures,
    figures,
    firedMs,
    resolvedMs: null as number | null,
    muting,
  };
}
export type NewAlert = ReturnType<typeof newAlertOf>;

/** Raises alerts; one that fires already stays as it is. Tells gb_alert of each new one. `resolvedMs`: it is over already. */
export async function fireAlerts(db: Queryable, alerts: readonly NewAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  await db.query(
    `WITH fired AS (
       INSERT INTO alert (id, rule, rule_key, rule_name, level, fingerprint, state, subject_kind, subject_id, subject_name, pool_id,
         node_id, pool_name, node_name, reason, check_level, detail, consecutive_failures, figures, fired_at, resolved_at,
         muted_by, muted_kind, muted_name, muted_until, labels)
       SELECT a.id, a.kind, a."ruleKey", a."ruleName", a.level, a.fingerprint, CASE WHEN a."resolvedMs" IS NULL THEN 'firing' ELSE 'resolved' END,
         a."subjectKind", a."subjectId", a."subjectName", a."poolId", a."nodeId", a."poolName", a."nodeName", a.reason, a."checkLevel",
         a.detail, a."consecutiveFailures", a.figures, to_timestamp(a."firedMs" / 1000), to_timestamp(a."resolvedMs" / 1000),
         (a.muting ->> 'id')::uuid, a.muting ->> 'kind', coalesce(a.muting ->> 'name', ''), to_timestamp((a.muting ->> 'untilMs')::float8 / 1000),
         nullif(a.labels, 'null')
       FROM jsonb_to_recordset($1::jsonb) AS a (id uuid, kind text, "ruleKey" text, "ruleName" text, level int, fingerprint text,
         "subjectKind" text, "subjectId" text, "subjectName" text, "poolId" uuid, "nodeId" uuid, "poolName" text, "nodeName" text,
         reason text, "checkLevel" text, detail text, "consecutiveFailures" int, figures jsonb, "firedMs" float8, "resolvedMs" float8,
         muting jsonb, labels jsonb)
       ON CONFLICT (fingerprint) WHERE state = 'firing' DO NOTHING RETURNING id, fired_at, resolved_at, muted_kind, muted_name),
     told AS (
       INSERT INTO alert_event (alert_id, at, what, note)
       SELECT id, fired_at, 'fired', '' FROM fired
       UNION ALL SELECT id, fired_at, 'muted', muted_name FROM fired WHERE muted_kind IS NOT NULL
       UNION ALL SELECT id, resolved_at, 'resolved', '' FROM fired WHERE resolved_at IS NOT NULL)
     SELECT pg_notify($2, id::text) FROM fired`,
    [JSON.stringify(alerts), CHANNELS.alert],
  );
}

/** One that was muted all the time, and never told, is not told of now. */
async function resolveAlerts(tx: Queryable, ends: readonly Of<"resolve">[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.query(
    `WITH ended AS (
       UPDATE alert SET state = 'resolved', resolved_at = greatest(fired_at, to_timestamp(u.resolved / 1000)), end_cause = u.cause,
         clear_since = NULL, end_told = end_told OR (NOT firing_told AND coalesce(muted_kind IN ('silence', 'window'), false)),
         firing_told = firing_told OR coalesce(muted_kind IN ('silence', 'window'), false)
       FROM unnest($1::text[], $2::text[], $3::float8[]) AS u (fingerprint, cause, resolved)
       WHERE alert.state = 'firing' AND alert.fingerprint = u.fingerprint RETURNING alert.id, resolved_at, end_cause),
     told AS (INSERT INTO alert_event (alert_id, at, what, note) SELECT id, resolved_at, 'resolved', end_cause FROM ended)
     SELECT pg_notify($4, id::text) FROM ended`,
    [
      ends.map(({ fingerprint }) => fingerprint),
      ends.map(({ cause }) => cause),
      ends.map(({ resolvedMs }) => resolvedMs),
      CHANNELS.alert,
    ],
  );
}

/** Silences that are in force, and windows that may be; `unreadable` names those that mute nothing, as they cannot be read. */
export async function readMutings(db: Queryable) {
  const silences = await db.query<{
    id: string;
    matchers: unknown;
    comment: string;
    starts: Date;
    ends: Date;
  }>(
    "SELECT id, matchers, comment, starts_at AS starts, ends_at AS ends FROM silence WHERE ends_at > now() AND starts_at <= now()",
  );
  const windows = await db.query<Record<"mode" | "matchers" | "schedule", unknown> & { id: string; name: string }>(
    "SELECT id, name, mode, matchers, schedule FROM maintenance_window WHERE enabled",
  );
  const inForce = silences.rows.map(({ starts, ends, ...row }) => ({
    ...row,
    startsMs: starts.getTime(),
    endsMs: ends.getTime(),
  }));
  return readable(inForce, windows.rows);
}

/** Brings what mutes the firing alerts in step, and tells gb_alert of each that changed. */
export async function muteFiring(tx: Queryable, mute: (alert: Matchable) => Muting | null): Promise<void> {
  const { rows } = await tx.query<{
    id: string;
    rule: string;
    key: string;
    level: number;
    pool: string;
    node: string;
    labels: Labels | null;
    by: string | null;
    kind: string | null;
    until: Date | null;
  }>(
    `SELECT id, rule, rule_key AS key, level, pool_name AS pool, node_name AS node, labels, muted_by AS by, muted_kind AS kind,
       muted_until AS until FROM alert WHERE state = 'firing'`,
  );
  const changed = rows.flatMap((row) => {
    const { rule, level, labels } = row;
    const muting = mute({ rule, ruleKey: row.key, level, poolName: row.pool, nodeName: row.node, labels });
    const isSame =
      (muting?.id ?? null) === row.by &&
      (muting?.kind ?? null) === row.kind &&
      (muting?.untilMs ?? null) === (row.until?.getTime() ?? null);
    // That its end was moved is no news: one that is ended early would else be told as muted anew before it is over.
    const isNews = (muting?.id ?? null) !== row.by || (muting?.kind ?? null) !== row.kind;
    return isSame ? [] : [{ id: row.id, what: muting ? "muted" : "unmuted", isNews, muting }];
  });
  if (changed.length === 0) return;
  await tx.query(
    `WITH changed AS (
       UPDATE alert SET muted_by = (c.muting ->> 'id')::uuid, muted_kind = c.muting ->> 'kind', muted_name = coalesce(c.muting ->> 'name', ''),
         muted_until = to_timestamp((c.muting ->> 'untilMs')::float8 / 1000)
       FROM jsonb_to_recordset($1::jsonb) AS c (id uuid, what text, "isNews" boolean, muting jsonb) WHERE alert.id = c.id
       RETURNING alert.id, c.what, c."isNews", alert.muted_name),
     told AS (INSERT INTO alert_event (alert_id, what, note) SELECT id, what, muted_name FROM changed WHERE "isNews")
     SELECT pg_notify($2, id::text) FROM changed`,
    [JSON.stringify(changed), CHANNELS.alert],
  );
}

/** Firing alerts as Prometheus is told of them. */
export type FiringCount = { rule: string; kind: string; level: number; pool: string; state: string; count: number };
export async function countFiring(db: Queryable): Promise<FiringCount[]> {
  const { rows } = await db.query<FiringCount>(
    `SELECT rule_key AS rule, rule AS kind, level, pool_name AS pool, CASE WHEN muted_kind IN ('silence', 'window') THEN 'silenced'
       WHEN acknowledged_at IS NOT NULL THEN 'acknowledged' ELSE 'firing' END AS state, count(*)::int AS count
     FROM alert WHERE state = 'firing' GROUP BY 1, 2, 3, 4, 5 ORDER BY 3, 1, 4`,
  );
  return rows;
}
