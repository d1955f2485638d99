// What nodes do now and did in the last seconds, from the frames of all workers: summed in the database, since the frames of
// a large fleet have megabytes.
import type { Db, Tx } from "#lib/store/db.ts";

/** Long enough for several requests of a second each, short enough for a fleet of thousands. */
const SPAN_MS = 15_000;
/** A gauge older than this says nothing of now. */
const FRESH_MS = 5_000;

export type NodeLoad = {
  /** Now. */
  inFlight: number;
  /** Over the last seconds. */
  meanInFlight: number;
  completionsPerSecond: number;
  /** Bound to it by what workers learned; null: no worker counts any. */
  sessions: number | null;
  /** How much it is found to take at once, over all workers; null: nobody looks for that. */
  foundLimit: number | null;
};

/** Of the given nodes; one of which no worker reports now is not in the map. */
export async function readNodeLoads(client: Db | Tx, nodeIds: readonly string[]): Promise<Map<string, NodeLoad>> {
  if (nodeIds.length === 0) return new Map();
  const since = new Date(Date.now() - SPAN_MS);
  const fresh = new Date(Date.now() - FRESH_MS);
  const rows = await client.$queryRaw<({ nodeId: string } & NodeLoad)[]>`
    WITH told AS (
      SELECT worker_id, at, node FROM metric_frame, jsonb_array_elements(frame->'nodes') AS node
      WHERE at > ${since} AND node->>'nodeId' = ANY(${[...nodeIds]}::text[])),
    newest AS (SELECT DISTINCT ON (worker_id, node->>'nodeId') node FROM told WHERE at > ${fresh}
      ORDER BY worker_id, node->>'nodeId', at DESC),
    now AS (SELECT node->>'nodeId' AS id, sum((node->>'inFlight')::float8) AS "inFlight",
      sum((node->>'sessions')::float8) AS sessions, sum((node->>'concurrencyLimit')::float8) AS "foundLimit"
      FROM newest GROUP BY 1),
    lately AS (SELECT node->>'nodeId' AS id, sum((node->>'inFlight')::float8) AS in_flight,
      sum((node->>'requests')::float8) AS requests, count(DISTINCT at)::float8 AS seconds FROM told GROUP BY 1)
    SELECT now.id AS "nodeId", now."inFlight", now.sessions, now."foundLimit",
      in_flight / seconds AS "meanInFlight", requests / seconds AS "completionsPerSecond"
    FROM now JOIN lately ON now.id = lately.id`;
  return new Map(rows.map(({ nodeId, ...load }) => [nodeId, load]));
}

const PEAK_SPAN_MS = 3_600_000;

/** Most requests that each pool had in flight at one time within the last hour, over all workers; one without measurements is not in the map. */
export async function readPeaks(client: Db | Tx, poolIds: readonly string[]): Promise<Map<string, number>> {
  if (poolIds.length === 0) return new Map();
  const rows = await client.$queryRaw<{ poolId: string; peak: number }[]>`
    SELECT target_id::text AS "poolId", max(together)::int AS peak FROM (
      SELECT target_id, at, sum(in_flight_max) AS together FROM metric_rollup
      WHERE resolution = '1m' AND scope = 'pool' AND target_id = ANY(${[...poolIds]}::uuid[])
        AND at >= ${new Date(Date.now() - PEAK_SPAN_MS)}
      GROUP BY target_id, at) AS minutes GROUP BY target_id`;
  return new Map(rows.map(({ poolId, peak }) => [poolId, peak]));
}
