// Measurements: frames of single seconds as JSON, and roll-ups of them as one row per target, span and worker.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { type CountDetails, Counts, type MetricFrame, type MetricResolution } from "#lib/contracts/metrics.ts";
import { decodeHistogram, encodeHistogram } from "#lib/core/histogram.ts";
import type { RollUp } from "#lib/core/roll-up.ts";
import type { Queryable } from "./database.ts";

/** Stores the frame of one second and tells gb_tick. Storing it again replaces it. */
export async function writeFrame(db: Queryable, workerId: string, frame: MetricFrame): Promise<void> {
  await db.query(
    `WITH stored AS (
       INSERT INTO metric_frame (worker_id, at, frame) VALUES ($1, to_timestamp($2::float8 / 1000), $3)
       ON CONFLICT (at, worker_id) DO UPDATE SET frame = EXCLUDED.frame RETURNING 1)
     SELECT pg_notify($4, $1 || ' ' || $5) FROM stored`,
    [workerId, frame.atMs, JSON.stringify(frame), CHANNELS.tick, String(frame.atMs)],
  );
}

/** This worker's frames whose seconds ended after `fromMs` and not after `toMs`, oldest first. */
export async function readFrames(
  db: Queryable,
  workerId: string,
  fromMs: number,
  toMs: number,
): Promise<MetricFrame[]> {
  const { rows } = await db.query<{ frame: MetricFrame }>(
    `SELECT frame FROM metric_frame WHERE worker_id = $1
       AND at > to_timestamp($2::float8 / 1000) AND at <= to_timestamp($3::float8 / 1000) ORDER BY at`,
    [workerId, fromMs, toMs],
  );
  return rows.map((row) => row.frame);
}

export type RollUpResolution = Exclude<MetricResolution, "1s">;

/** Counts in the order of their columns. */
const COUNTS = [
  ["requests", "requests"],
  ["successes", "successes"],
  ["failures", "failures"],
  ["status1xx", "status_1xx"],
  ["status2xx", "status_2xx"],
  ["status3xx", "status_3xx"],
  ["status4xx", "status_4xx"],
  ["status5xx", "status_5xx"],
  ["retries", "retries"],
  ["aborted", "aborted"],
  ["bytesIn", "bytes_in"],
  ["bytesOut", "bytes_out"],
] as const;
const COLUMNS = COUNTS.map(([, column]) => column);
const ROWS_AT_ONCE = 2_000;
/** A gauge beyond its column would make its whole span unwritable for good. */
const MAX_INTEGER = 2 ** 31 - 1;

/** Writes roll-ups; those of the same span are replaced, so that doing it twice counts nothing twice. */
export async function writeRollUps(
  db: Queryable,
  workerId: string,
  resolution: RollUpResolution,
  rollUps: readonly RollUp[],
): Promise<void> {
  for (let from = 0; from < rollUps.length; from += ROWS_AT_ONCE) {
    const rows = rollUps.slice(from, from + ROWS_AT_ONCE);
    await db.query(UPSERT, [
      resolution,
      workerId,
      rows.map((row) => row.scope),
      rows.map((row) => row.targetId),
      rows.map((row) => row.poolId),
      rows.map((row) => row.atMs),
      rows.map((row) => Math.min(row.inFlightMax, MAX_INTEGER)),
      rows.map((row) => Math.min(row.queuedMax, MAX_INTEGER)),
      rows.map((row) => Buffer.from(encodeHistogram(row.counts.latencyUs))),
      rows.map((row) => row.name),
      rows.map((row) => row.connectionsMax),
      rows.map((row) => (row.counts.details === undefined ? null : JSON.stringify(row.counts.details))),
      ...COUNTS.map(([field]) => rows.map((row) => row.counts[field])),
    ]);
  }
}

const UPSERT = `INSERT INTO metric_rollup (resolution, worker_id, scope, target_id, pool_id, at, in_flight_max, queued_max, latency, name, connections_max, details, ${COLUMNS.join(", ")})
  SELECT $1, $2, u.scope, u.target, u.pool, to_timestamp(u.at / 1000), u.in_flight, u.queued, u.latency, u.name, u.connections, u.details, ${COLUMNS.map((c) => `u.${c}`).join(", ")}
  FROM unnest($3::text[], $4::uuid[], $5::uuid[], $6::float8[], $7::int[], $8::int[], $9::bytea[],
    $10::text[], $11::int[], $12::jsonb[], ${COLUMNS.map((_, at) => `$${13 + at}::bigint[]`).join(", ")})
    AS u (scope, target, pool, at, in_flight, queued, latency, name, connections, details, ${COLUMNS.join(", ")})
  ON CONFLICT (scope, target_id, name, at, worker_id, resolution) DO UPDATE SET
    ${["pool_id", "in_flight_max", "queued_max", "latency", "connections_max", "details", ...COLUMNS].map((c) => `${c} = EXCLUDED.${c}`).join(", ")}`;

type RollUpRow = {
  scope: RollUp["scope"];
  target_id: string;
  name: string;
  pool_id: string;
  at: Date;
  in_flight_max: number;
  queued_max: number;
  connections_max: number | null;
  latency: Buffer;
  details: CountDetails | null;
} & Record<(typeof COLUMNS)[number], string>;

/** This worker's roll-ups whose spans begin from `fromMs` on and before `toMs`. */
export async function readRollUps(
  db: Queryable,
  workerId: string,
  resolution: RollUpResolution,
  fromMs: number,
  toMs: number,
): Promise<RollUp[]> {
  const { rows } = await db.query<RollUpRow>(
    `SELECT scope, target_id, name, pool_id, at, in_flight_max, queued_max, connections_max, latency, details, ${COLUMNS.join(", ")} FROM metric_rollup
     WHERE resolution = $1 AND worker_id = $2 AND at >= to_timestamp($3::float8 / 1000) AND at < to_timestamp($4::float8 / 1000)`,
    [resolution, workerId, fromMs, toMs],
  );
  return rows.map((row) => ({
    scope: row.scope,
    targetId: row.target_id,
    name: row.name,
    poolId: row.pool_id,
    atMs: row.at.getTime(),
    inFlightMax: row.in_flight_max,
    queuedMax: row.queued_max,
    connectionsMax: row.connections_max,
    counts: Counts.parse({
      ...Object.fromEntries(COUNTS.map(([field, column]) => [field, Number(row[column])])),
      latencyUs: decodeHistogram(row.latency),
      ...(row.details !== null && { details: row.details }),
    }),
  }));
}

/** Start of this worker's latest roll-up; null when it has none. */
export async function newestRollUpMs(
  db: Queryable,
  workerId: string,
  resolution: RollUpResolution,
): Promise<number | null> {
  const { rows } = await db.query<{ at: Date | null }>(
    "SELECT max(at) AS at FROM metric_rollup WHERE resolution = $1 AND worker_id = $2",
    [resolution, workerId],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Makes the partitions of measurements, resources among them, ahead and drops those that have expired. @returns how many rows went, about */
export async function expireMetrics(db: Queryable): Promise<number> {
  await db.query("SELECT metric_prepare(), resource_prepare()");
  const { rows } = await db.query<{ removed: string }>("SELECT metric_expire() + resource_expire() AS removed");
  return Number(rows[0]?.removed ?? 0);
}
