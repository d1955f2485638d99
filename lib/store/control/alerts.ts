import { randomUUID } from "node:crypto";
import type { Alert, AlertRule } from "#lib/contracts/alerts.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { Queryable } from "./database.ts";

export type NewAlert = Pick<
  Alert,
  "rule" | "level" | "poolName" | "nodeName" | "reason" | "checkLevel" | "detail" | "consecutiveFailures"
> & {
  fingerprint: string;
  poolId: string;
  nodeId: string;
  firedMs: number;
};
export type FiringAlert = {
  rule: AlertRule;
  fingerprint: string;
  nodeId: string;
  firedMs: number;
  nodeExists: boolean;
};

/** Alerts about nodes that fire now, whichever worker raised them. */
export async function readFiringAlerts(db: Queryable): Promise<FiringAlert[]> {
  const { rows } = await db.query<{
    rule: AlertRule;
    fingerprint: string;
    node_id: string;
    fired_at: Date;
    node_exists: boolean;
  }>(
    `SELECT rule, fingerprint, node_id, fired_at, node.id IS NOT NULL AS node_exists
     FROM alert LEFT JOIN node ON node.id = alert.node_id WHERE state = 'firing' AND node_id IS NOT NULL`,
  );
  return rows.map((row) => ({
    rule: row.rule,
    fingerprint: row.fingerprint,
    nodeId: row.node_id,
    firedMs: row.fired_at.getTime(),
    nodeExists: row.node_exists,
  }));
}

/** Raises alerts; one that fires already, by this worker or another, stays as it is. Tells gb_alert of each new one. */
export async function fireAlerts(db: Queryable, alerts: readonly NewAlert[]): Promise<number> {
  if (alerts.length === 0) return 0;
  const { rowCount } = await db.query(
    `WITH fired AS (
       INSERT INTO alert (id, rule, level, fingerprint, state, pool_id, node_id, pool_name, node_name, reason, check_level,
         detail, consecutive_failures, fired_at)
       SELECT a.id, a.rule, a.level, a.fingerprint, 'firing', a."poolId", a."nodeId", a."poolName", a."nodeName", a.reason,
         a."checkLevel", a.detail, a."consecutiveFailures", to_timestamp(a."firedMs" / 1000)
       FROM jsonb_to_recordset($1::jsonb) AS a (id uuid, rule text, level int, fingerprint text, "poolId" uuid, "nodeId" uuid,
         "poolName" text, "nodeName" text, reason text, "checkLevel" text, detail text, "consecutiveFailures" int, "firedMs" float8)
       ON CONFLICT (fingerprint) WHERE state = 'firing' DO NOTHING RETURNING id)
     SELECT pg_notify($2, id::text) FROM fired`,
    [JSON.stringify(alerts.map((alert) => ({ ...alert, id: randomUUID() }))), CHANNELS.alert],
  );
  return rowCount ?? 0;
}

export type AlertEnd = { fingerprint: string; nodeId: string; resolvedMs: number };

/**
 * Ends alerts whose cause is gone for this worker. One stays while another live worker still sees its node fail
 * `failures` checks in a row, has it ejected or degraded, or has its breaker not closed: it ends with the last of them.
 * Tells gb_alert of each ended one.
 */
export async function resolveAlerts(
  db: Queryable,
  workerId: string,
  ends: readonly AlertEnd[],
  failures: number,
): Promise<number> {
  if (ends.length === 0) return 0;
  const { rowCount } = await db.query(
    `WITH ended AS (
       UPDATE alert SET state = 'resolved', resolved_at = greatest(fired_at, to_timestamp(u.resolved / 1000))
       FROM unnest($1::text[], $2::uuid[], $3::float8[]) AS u (fingerprint, node_id, resolved)
       WHERE alert.state = 'firing' AND alert.fingerprint = u.fingerprint AND NOT EXISTS (
         SELECT FROM worker w
         LEFT JOIN node_health h ON h.worker_id = w.id AND h.node_id = u.node_id
         LEFT JOIN node_ejection e ON e.worker_id = w.id AND e.node_id = u.node_id
         LEFT JOIN node_adjustment a ON a.worker_id = w.id AND a.node_id = u.node_id
         LEFT JOIN node_breaker b ON b.worker_id = w.id AND b.node_id = u.node_id
         WHERE w.id <> $4 AND w.heartbeat_at > now() - interval '5 seconds' AND CASE alert.rule
           WHEN 'node-ejected' THEN e.state = 'ejected' AND e.until > now()
           WHEN 'breaker-open' THEN b.state <> 'closed' AND b.cause <> 'tripped'
           WHEN 'node-degraded' THEN jsonb_typeof(a.adjustment -> 'degrade') = 'object'
           ELSE h.consecutive_failures >= $5 END)
       RETURNING alert.id)
     SELECT pg_notify($6, id::text) FROM ended`,
    [
      ends.map((end) => end.fingerprint),
      ends.map((end) => end.nodeId),
      ends.map((end) => end.resolvedMs),
      workerId,
      failures,
      CHANNELS.alert,
    ],
  );
  return rowCount ?? 0;
}
