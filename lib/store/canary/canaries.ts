// The canary that runs: what was measured of it, what was decided, and its end, which only one of those who try it brings
// about.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { type CanaryEvidence, type CanaryReason, CanaryTally } from "#lib/contracts/canary.ts";
import { CanarySettings } from "#lib/contracts/config.ts";
import type { Sql } from "#lib/store/canary/sql.ts";
import { syncConfigTables } from "#lib/store/config-tables.ts";
import { publishInTurn, readDocument } from "#lib/store/revisions.ts";

export type RunningCanary = {
  id: string;
  revision: number;
  baseRevision: number;
  settings: CanarySettings;
  startedMs: number;
  /** By the clock of the database, which all workers go by. */
  nowMs: number;
};
export type WorkerTally = { workerId: string; measuredMs: number; tally: CanaryTally };

/** The evidence of the end comes after that of all steps. */
const END_STEP = 1_000_000;
/** Rows of evidence that a canary leaves, besides its end. */
const STEPS = 60;

type RunningRow = {
  id: string;
  revision: number;
  base_revision: number;
  settings: unknown;
  started_ms: number;
  now_ms: number;
};

export async function readRunning(sql: Sql): Promise<RunningCanary | null> {
  const [row] = await sql.$queryRaw<RunningRow[]>`
    SELECT id::text, revision, base_revision, settings, (extract(epoch FROM started_at) * 1000)::float8 AS started_ms,
      (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
    FROM canary WHERE state = 'running'`;
  if (row === undefined) return null;
  return {
    id: row.id,
    revision: row.revision,
    baseRevision: row.base_revision,
    settings: CanarySettings.parse(row.settings),
    startedMs: Math.round(row.started_ms),
    nowMs: Math.floor(row.now_ms),
  };
}

export async function readTallies(sql: Sql, canaryId: string): Promise<WorkerTally[]> {
  const rows = await sql.$queryRaw<{ worker_id: string; measured_ms: number; tally: unknown }[]>`
    SELECT worker_id, (extract(epoch FROM measured_at) * 1000)::float8 AS measured_ms, tally
    FROM canary_tally WHERE canary_id = ${canaryId}::uuid`;
  return rows.map((row) => ({
    workerId: row.worker_id,
    measuredMs: row.measured_ms,
    tally: CanaryTally.parse(row.tally),
  }));
}

/** All that a worker measured since the canary started: written again, it is the same. */
export async function writeTally(sql: Sql, canaryId: string, workerId: string, tally: CanaryTally): Promise<void> {
  await sql.$executeRaw`
    INSERT INTO canary_tally (canary_id, worker_id, measured_at, tally)
    SELECT id, ${workerId}, clock_timestamp(), ${JSON.stringify(tally)}::jsonb FROM canary
      WHERE id = ${canaryId}::uuid AND state = 'running'
    ON CONFLICT (canary_id, worker_id) DO UPDATE SET measured_at = excluded.measured_at, tally = excluded.tally`;
}

/** Keeps what is known now, unless another worker has kept this step, and tells who watches. */
export async function keepEvidence(sql: Sql, canary: RunningCanary, evidence: CanaryEvidence): Promise<void> {
  const { id, settings, startedMs, nowMs } = canary;
  const stepMs = Math.max(1_000, settings.durationMs / STEPS);
  const step = Math.floor((nowMs - startedMs) / stepMs);
  await sql.$executeRaw`
    WITH kept AS (
      INSERT INTO canary_evidence (canary_id, step, evidence) VALUES (${id}::uuid, ${step}::int, ${JSON.stringify(evidence)}::jsonb)
      ON CONFLICT DO NOTHING RETURNING 1)
    SELECT pg_notify(${CHANNELS.canary}, ${id}) FROM kept`;
}

export type CanaryEnd = {
  to: "promoted" | "rolled-back";
  reason: CanaryReason;
  /** For people, where there is more to say. */
  detail: string;
  /** Who did it; null: it was decided by itself. */
  by: string | null;
  evidence: CanaryEvidence;
};

/**
 * Ends the canary, in a transaction, if it still runs. A change set that was not edited since it started is published with it.
 * @returns whether this did it: false when it is over already @throws {Error} when what is to be promoted cannot be read
 */
export async function endCanary(
  sql: Sql,
  canary: Pick<RunningCanary, "id" | "revision" | "baseRevision">,
  end: CanaryEnd,
): Promise<boolean> {
  await publishInTurn(sql);
  const ended = await sql.$executeRaw`
    UPDATE canary SET state = ${end.to}, ended_at = clock_timestamp(), ended_by = ${end.by}, reason = ${end.reason}, detail = ${end.detail}
    WHERE id = ${canary.id}::uuid AND state = 'running'`;
  if (ended === 0) return false;
  await sql.$executeRaw`
    INSERT INTO canary_evidence (canary_id, step, evidence)
    VALUES (${canary.id}::uuid, ${END_STEP}::int, ${JSON.stringify(end.evidence)}::jsonb)`;
  if (end.to === "promoted") await promote(sql, canary);
  else await sql.$executeRaw`UPDATE revision SET state = 'rolled-back' WHERE number = ${canary.revision}::int`;
  await sql.$executeRaw`SELECT pg_notify(${CHANNELS.canary}, ${canary.id})`;
  // Nobody must be told of a revision that is not in force.
  const inForce = end.to === "promoted" ? canary.revision : canary.baseRevision;
  await sql.$executeRaw`SELECT pg_notify(${CHANNELS.revision}, ${String(inForce)})`;
  return true;
}

async function promote(
  sql: Sql,
  { id, revision, baseRevision }: Pick<RunningCanary, "id" | "revision" | "baseRevision">,
) {
  const [before, after] = [await readDocument(sql, baseRevision), await readDocument(sql, revision)];
  if (before === null || after === null)
    throw new Error(`revision ${before === null ? baseRevision : revision} is gone`);
  await sql.$executeRaw`
    UPDATE revision SET state = 'published', published_at = clock_timestamp() WHERE number = ${revision}::int`;
  await syncConfigTables(sql, before, after);
  await sql.$executeRaw`
    UPDATE change_set SET revision = ${revision}::int, updated_at = clock_timestamp() FROM canary
    WHERE canary.id = ${id}::uuid AND change_set.id = canary.change_set_id AND change_set.revision IS NULL
      AND change_set.version = canary.change_set_version`;
}
