import { CHANNELS } from "#lib/contracts/bus.ts";
import type { AdminState, BreakerOrder, WarmUpState } from "#lib/contracts/runtime.ts";
import { notifyIds, type Queryable } from "./database.ts";

export type RuntimeOperations = {
  admin: Map<string, AdminState>;
  warmUp: Map<string, WarmUpState>;
  breakerOrders: Map<string, BreakerOrder>;
};
export type NodeWarmUp = { nodeId: string; warmUp: WarmUpState };

type Row = { node_id: string; admin: AdminState | null; warm_up: WarmUpState | null; breaker: BreakerOrder | null };

/** The operators' will and the ramps in progress, of all nodes that have any. */
export async function readRuntimeOperations(db: Queryable): Promise<RuntimeOperations> {
  const { rows } = await db.query<Row>(
    `SELECT node_id,
       CASE WHEN a.node_id IS NOT NULL THEN jsonb_build_object('state', a.state, 'by', a.by, 'keepSessions', a.keep_sessions,
         'sinceMs', (extract(epoch FROM a.since) * 1000)::bigint,
         'deadlineMs', (extract(epoch FROM a.deadline_at) * 1000)::bigint) END AS admin,
       CASE WHEN w.node_id IS NOT NULL THEN jsonb_build_object('cause', w.cause,
         'startedMs', (extract(epoch FROM w.started_at) * 1000)::bigint) END AS warm_up,
       CASE WHEN b.node_id IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object('action', b.action, 'by', b.by,
         'atMs', (extract(epoch FROM b.at) * 1000)::bigint,
         'untilMs', (extract(epoch FROM b.until) * 1000)::bigint)) END AS breaker
     FROM node_admin_state a FULL JOIN node_warm_up w USING (node_id) FULL JOIN node_breaker_order b USING (node_id)`,
  );
  const operations: RuntimeOperations = { admin: new Map(), warmUp: new Map(), breakerOrders: new Map() };
  for (const row of rows) {
    if (row.admin) operations.admin.set(row.node_id, row.admin);
    if (row.warm_up) operations.warmUp.set(row.node_id, row.warm_up);
    if (row.breaker) operations.breakerOrders.set(row.node_id, row.breaker);
  }
  return operations;
}

/**
 * Stores ramps that this worker began; of workers that saw the same recovery, one wins. A ramp that began earlier than
 * `sameWithinMs` before is replaced. Returns the nodes whose ramp is stored by this call and tells gb_runtime of them.
 */
export async function startWarmUps(
  db: Queryable,
  warmUps: readonly NodeWarmUp[],
  sameWithinMs: number,
): Promise<string[]> {
  const { rows } = await db.query<{ node_id: string }>(
    `INSERT INTO node_warm_up AS w (node_id, started_at, cause)
     SELECT node.id, to_timestamp(u.started / 1000), u.cause
     FROM unnest($1::uuid[], $2::float8[], $3::text[]) AS u (id, started, cause) JOIN node ON node.id = u.id
     ON CONFLICT (node_id) DO UPDATE SET started_at = EXCLUDED.started_at, cause = EXCLUDED.cause
       WHERE EXCLUDED.started_at > w.started_at + $4::float8 * interval '1 millisecond'
     RETURNING node_id`,
    [
      warmUps.map((one) => one.nodeId),
      warmUps.map((one) => one.warmUp.startedMs),
      warmUps.map((one) => one.warmUp.cause),
      sameWithinMs,
    ],
  );
  const started = rows.map((row) => row.node_id);
  await notifyIds(db, CHANNELS.runtime, started);
  return started;
}

/** Removes finished ramps unless they were begun anew. Returns the nodes of those removed by this call and tells gb_runtime. */
export async function endWarmUps(db: Queryable, warmUps: readonly NodeWarmUp[]): Promise<string[]> {
  const { rows } = await db.query<{ node_id: string }>(
    `DELETE FROM node_warm_up w USING unnest($1::uuid[], $2::float8[]) AS u (id, started)
     WHERE w.node_id = u.id AND w.started_at <= to_timestamp(u.started / 1000) + interval '1 millisecond' RETURNING w.node_id`,
    [warmUps.map((one) => one.nodeId), warmUps.map((one) => one.warmUp.startedMs)],
  );
  const ended = rows.map((row) => row.node_id);
  await notifyIds(db, CHANNELS.runtime, ended);
  return ended;
}
