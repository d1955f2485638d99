import type { Db, Tx } from "#lib/store/db.ts";

/** Figures older than this say nothing of now. */
const FRESH_MS = 5_000;

export type PoolLoad = { inFlight: number; requestsPerSecond: number };

/**
 * What each pool is asked now: in flight as last measured, and requests a second of the last seconds, over all workers. Summed in
 * the database: a frame of a large fleet has megabytes, of which these are a few hundred bytes, and whoever publishes waits for it.
 */
export async function readPoolLoads(client: Db | Tx, nowMs: number): Promise<Map<string, PoolLoad>> {
  const [from, to] = [new Date(nowMs - FRESH_MS), new Date(nowMs)];
  const rows = await client.$queryRaw<({ poolId: string } & PoolLoad)[]>`
    WITH told AS MATERIALIZED (
      SELECT worker_id, at, pool.* FROM metric_frame,
        jsonb_to_recordset(frame->'pools') AS pool("poolId" text, requests float8, "inFlight" float8)
      WHERE at > ${from} AND at <= ${to}),
    newest AS (SELECT worker_id, max(at) AS at FROM told GROUP BY worker_id)
    SELECT "poolId", sum(requests) / (SELECT count(DISTINCT at) FROM told) AS "requestsPerSecond",
      coalesce(sum("inFlight") FILTER (WHERE told.at = newest.at), 0) AS "inFlight"
    FROM told JOIN newest USING (worker_id) GROUP BY "poolId"`;
  return new Map(rows.map(({ poolId, ...load }) => [poolId, load]));
}
