// Deleting what is too old, in batches: no statement holds others up for long, and one that fails costs its batch only.
import { type CleanUpKind, RETENTION_DEFAULTS, RetentionSettings } from "#lib/contracts/retention.ts";
import type { Database, Queryable } from "./database.ts";

/** One worker cleans at a time, in the whole cluster. */
const LOCK = 7_302_012;

/** Settings added since they were stored have their defaults. */
export async function readRetention(db: Queryable): Promise<RetentionSettings> {
  const { rows } = await db.query<{ settings: unknown }>("SELECT settings FROM retention");
  return rows[0] ? RetentionSettings.parse(rows[0].settings) : RETENTION_DEFAULTS;
}

/** Runs `work` unless another worker is at it. @returns whether it ran */
export async function ifNobodyCleans(database: Database, work: () => Promise<void>): Promise<boolean> {
  const client = await database.connect();
  let broken: Error | undefined;
  const onError = (fault: Error) => {
    broken = fault;
  };
  client.on("error", onError);
  try {
    const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [LOCK]);
    if (!rows[0]?.mine) return false;
    try {
      await work();
    } finally {
      // The lock is the connection's: one that broke has given it back already.
      if (!broken) await client.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch(onError);
    }
    return true;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** Deletes at most `limit` events from before `beforeMs`. @returns how many there were */
export const pruneHealthEvents = (db: Queryable, beforeMs: number, limit: number): Promise<number> =>
  remove(
    db,
    `DELETE FROM health_event WHERE id = ANY (ARRAY(SELECT id FROM health_event
       WHERE at < to_timestamp($1::float8 / 1000) ORDER BY at LIMIT $2))`,
    [beforeMs, limit],
  );

/** The same for alerts that ended before `beforeMs`: one that fires is kept. */
export const pruneAlerts = (db: Queryable, beforeMs: number, limit: number): Promise<number> =>
  remove(
    db,
    `DELETE FROM alert WHERE id = ANY (ARRAY(SELECT id FROM alert
       WHERE state <> 'firing' AND resolved_at < to_timestamp($1::float8 / 1000) LIMIT $2))`,
    [beforeMs, limit],
  );

/**
 * The same for revisions, the oldest first. Kept whatever their age: the one in force, the newest `atLeast`, those that a
 * worker runs or refused, those that a canary has or is compared with while it runs, and those that drafts began from.
 */
export const pruneRevisions = (db: Queryable, beforeMs: number, atLeast: number, limit: number): Promise<number> =>
  remove(
    db,
    `DELETE FROM revision WHERE number = ANY (ARRAY(
       SELECT number FROM revision old
       WHERE published_at < to_timestamp($1::float8 / 1000)
         AND number < (SELECT max(number) FROM revision WHERE state = 'published')
         AND number NOT IN (SELECT number FROM revision ORDER BY number DESC LIMIT $2)
         AND NOT EXISTS (SELECT FROM worker WHERE old.number IN (worker.revision, worker.refused_revision))
         AND NOT EXISTS (SELECT FROM canary WHERE canary.state = 'running' AND old.number IN (canary.revision, canary.base_revision))
         AND NOT EXISTS (SELECT FROM change_set WHERE change_set.revision IS NULL AND change_set.base_revision = old.number)
       ORDER BY number LIMIT $3))`,
    [beforeMs, atLeast, limit],
  );

/** Makes the audit's months ahead and drops those that have expired. @returns how many entries went */
export async function expireAudit(db: Queryable): Promise<number> {
  await db.query("SELECT audit_prepare()");
  const { rows } = await db.query<{ removed: string }>("SELECT audit_expire() AS removed");
  return Number(rows[0]?.removed ?? 0);
}

async function remove(db: Queryable, sql: string, values: unknown[]): Promise<number> {
  return (await db.query(sql, values)).rowCount ?? 0;
}

export type CleanUp = {
  kind: CleanUpKind;
  startedMs: number;
  durationMs: number;
  removed: number;
  error: string | null;
};

/** Tells how a clean-up went. */
export async function writeCleanUp(db: Queryable, workerId: string, { kind, ...run }: CleanUp): Promise<void> {
  await db.query(
    `INSERT INTO clean_up (kind, worker_id, at, duration_ms, removed, removed_at, worked_at, error)
     VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, $5::bigint, CASE WHEN $5::bigint > 0 THEN to_timestamp($3::float8 / 1000) END,
       CASE WHEN $6::text IS NULL THEN to_timestamp($3::float8 / 1000) END, $6)
     ON CONFLICT (kind) DO UPDATE SET worker_id = EXCLUDED.worker_id, at = EXCLUDED.at, duration_ms = EXCLUDED.duration_ms,
       removed = CASE WHEN EXCLUDED.removed > 0 THEN EXCLUDED.removed ELSE clean_up.removed END,
       removed_at = coalesce(EXCLUDED.removed_at, clean_up.removed_at),
       worked_at = coalesce(EXCLUDED.worked_at, clean_up.worked_at), error = EXCLUDED.error`,
    [kind, workerId, run.startedMs, run.durationMs, run.removed, run.error],
  );
}
