// A history of alerts as years of a large fleet leave it, and how long its filter by labels takes.
import type pg from "pg";

const ALERTS = 300_000;
const SETS = 200;

/** Alerts of thirteen months, of nodes with some two hundred sets of labels; a hundredth is about the worker itself, without any. */
export async function fillAlerts(client: pg.Client, nowMs: number): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO alert (id, rule, rule_key, level, fingerprint, state, pool_name, node_name, labels, reason, consecutive_failures,
       fired_at, resolved_at)
     SELECT gen_random_uuid(), 'latency', 'latency', 2, 'bench ' || n, 'resolved', 'pool', 'node ' || n % ${SETS},
       CASE WHEN n % 100 > 0 THEN jsonb_build_object('env', CASE WHEN n % 3 = 0 THEN 'test' ELSE 'prod' END, 'team', 't' || n % ${SETS},
         'zone', CASE WHEN n % 2 = 0 THEN 'eu-' ELSE 'us-' END || n % 4) END,
       'above-limit', 0, at, at + interval '5 minutes'
     FROM generate_series(1, ${ALERTS}) n
     CROSS JOIN LATERAL (SELECT $1::timestamptz - n * interval '113 seconds' AS at) times`,
    [new Date(nowMs).toISOString()],
  );
  await client.query("VACUUM (ANALYZE) alert");
  return rowCount ?? 0;
}

/** Common, of one team, by a pattern, and of nobody. */
export const LABEL_QUESTIONS = [
  ["alerts with env=prod", "env=prod"],
  ["alerts with team=t7", "team=t7"],
  ["alerts with zone=~eu-.*,env!=prod", "zone=~eu-.*,env!=prod"],
  ["alerts with env=none", "env=none"],
] as const;
