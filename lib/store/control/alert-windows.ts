// Measurements of a window, summed by the database: over all workers, from the roll-ups that are fine enough for it.
import type { MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { WindowFigures } from "#lib/core/alerts/figures.ts";
import { windowPlan } from "#lib/core/alerts/windows.ts";
import { decodeHistogram, mergeAllSparse } from "#lib/core/histogram.ts";
import type { Queryable } from "./database.ts";

const SUMS = [
  ["requests", "requests"],
  ["successes", "successes"],
  ["failures", "failures"],
  ["status4xx", "status_4xx"],
  ["status5xx", "status_5xx"],
  ["retries", "retries"],
  ["aborted", "aborted"],
  ["bytesIn", "bytes_in"],
  ["bytesOut", "bytes_out"],
] as const;
type Row = Record<(typeof SUMS)[number][1], string> & {
  target_id: string;
  in_flight: number;
  queued: number;
  spans: string;
};
const TOTALS = SUMS.map(([, column]) => `sum(${column}) AS ${column}`).join(", ");

/** By pool or node; one that nothing was measured of is not there, one whose stored histogram cannot be read is `unreadable`. */
export async function readWindows(
  db: Queryable,
  of: MetricSubject,
  windowMs: number,
  withLatency: boolean,
  nowMs: number,
): Promise<Map<string, WindowFigures | "unreadable">> {
  const { resolution, spanMs, fromMs, toMs } = windowPlan(windowMs, nowMs);
  const { rows } = await db.query<Row>(
    `SELECT target_id, ${TOTALS}, max(in_flight)::int AS in_flight, max(queued)::int AS queued, count(*) AS spans
     FROM (SELECT target_id, at, ${TOTALS}, sum(in_flight_max) AS in_flight, sum(queued_max) AS queued
       FROM metric_rollup WHERE resolution = $1 AND scope = $2 AND at >= to_timestamp($3::float8 / 1000)
         AND at < to_timestamp($4::float8 / 1000) GROUP BY target_id, at) AS instant GROUP BY target_id`,
    [resolution, of, fromMs, toMs],
  );
  const latencies = withLatency ? await readLatencies(db, of, resolution, fromMs, toMs) : new Map<string, Buffer[]>();
  return new Map(rows.map((row) => [row.target_id, figuresOf(row, spanMs, latencies.get(row.target_id) ?? [])]));
}

async function readLatencies(
  db: Queryable,
  of: MetricSubject,
  resolution: string,
  fromMs: number,
  toMs: number,
): Promise<Map<string, Buffer[]>> {
  const { rows } = await db.query<{ target_id: string; latency: Buffer[] }>(
    `SELECT target_id, array_agg(latency) AS latency FROM metric_rollup WHERE resolution = $1 AND scope = $2 AND requests > 0
       AND at >= to_timestamp($3::float8 / 1000) AND at < to_timestamp($4::float8 / 1000) GROUP BY target_id`,
    [resolution, of, fromMs, toMs],
  );
  return new Map(rows.map((row) => [row.target_id, row.latency]));
}

/** One bad row must not keep the others from being judged. */
function figuresOf(row: Row, spanMs: number, latency: readonly Buffer[]): WindowFigures | "unreadable" {
  try {
    return sumsOf(row, spanMs, latency);
  } catch (cause) {
    if (cause instanceof RangeError) return "unreadable";
    throw cause;
  }
}

const sumsOf = (row: Row, spanMs: number, latency: readonly Buffer[]): WindowFigures => ({
  ...(Object.fromEntries(SUMS.map(([field, column]) => [field, Number(row[column])])) as Record<
    (typeof SUMS)[number][0],
    number
  >),
  inFlightMax: row.in_flight,
  queuedMax: row.queued,
  measuredMs: Number(row.spans) * spanMs,
  latencyUs: mergeAllSparse(latency.map((bytes) => decodeHistogram(bytes))),
});
