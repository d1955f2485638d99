import { CHANNELS } from "#lib/contracts/bus.ts";
import { WORKER_LOST_AFTER_MS, type WorkerProcess } from "#lib/contracts/views.ts";
import type { Queryable } from "./database.ts";

export type WorkerReport = {
  id: string;
  host: string;
  startedMs: number;
  /** Revision that all connected proxy processes run; null while there is none. */
  revision: number | null;
  /** When the last of them put it in force, Unix ms. */
  revisionSinceMs: number | null;
  refusedRevision: number | null;
  refusedSinceMs: number | null;
  refusal: string | null;
  proxyProcesses: number;
  processes: readonly WorkerProcess[];
  /** Empty: it does not say. */
  zone: string;
  /** Pool id → Unix ms; null leaves what is stored. */
  servingSince: Readonly<Record<string, number>> | null;
};

/** When this worker's proxies first served each pool, as an earlier run of it stored; empty for a new worker. */
export async function readServingSince(db: Queryable, workerId: string): Promise<Record<string, unknown>> {
  const { rows } = await db.query<{ serving_since: Record<string, unknown> }>(
    "SELECT serving_since FROM worker WHERE id = $1",
    [workerId],
  );
  return rows[0]?.serving_since ?? {};
}

/** Heartbeat, by the database's clock; `announce` also tells everyone that something changed (gb_worker). */
export async function reportWorker(db: Queryable, worker: WorkerReport, announce: boolean): Promise<void> {
  await db.query(
    `WITH beat AS (
       INSERT INTO worker (id, host, started_at, heartbeat_at, revision, refused_revision, refusal, proxy_processes, serving_since, zone,
         revision_since, refused_since, processes)
       VALUES ($1, $2, to_timestamp($3::float8 / 1000), now(), $4, $5, $6, $7, COALESCE($8::jsonb, '{}'), $11,
         to_timestamp($12::float8 / 1000), to_timestamp($13::float8 / 1000), $14::jsonb)
       ON CONFLICT (id) DO UPDATE SET host = EXCLUDED.host, started_at = EXCLUDED.started_at, heartbeat_at = now(),
         revision = EXCLUDED.revision, refused_revision = EXCLUDED.refused_revision, refusal = EXCLUDED.refusal,
         proxy_processes = EXCLUDED.proxy_processes, zone = EXCLUDED.zone, revision_since = EXCLUDED.revision_since,
         refused_since = EXCLUDED.refused_since, processes = EXCLUDED.processes, serving_since = COALESCE($8::jsonb, worker.serving_since)
       RETURNING id)
     SELECT CASE WHEN $9 THEN pg_notify($10, id) END FROM beat`,
    [
      worker.id,
      worker.host,
      worker.startedMs,
      worker.revision,
      worker.refusedRevision,
      worker.refusal,
      worker.proxyProcesses,
      worker.servingSince ? JSON.stringify(worker.servingSince) : null,
      announce,
      CHANNELS.worker,
      worker.zone,
      worker.revisionSinceMs,
      worker.refusedSinceMs,
      JSON.stringify(worker.processes),
    ],
  );
}

/** Workers with a fresh heartbeat, by the database's clock, which also wrote it. */
export async function readLiveWorkerIds(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "SELECT id FROM worker WHERE heartbeat_at >= now() - $1::int * interval '1 millisecond'",
    [WORKER_LOST_AFTER_MS],
  );
  return rows.map(({ id }) => id);
}
