import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

export type StoredFrame = { workerId: string; atMs: number; frame: MetricFrame };
/** Which figures are wanted. A frame of a large fleet has megabytes, nearly all of them its nodes': the rest stays in the database. */
export type FramePart = "all" | "none" | "pools" | "flows" | { pool: string } | { node: string };

/** Frames of all workers whose second ended after `fromMs` and not after `toMs`, oldest first. */
export async function readFrames(
  client: Db | Tx,
  fromMs: number,
  toMs: number,
  part: FramePart = "all",
): Promise<StoredFrame[]> {
  const rows = await client.$queryRaw<{ worker_id: string; at: Date; frame: MetricFrame }[]>`
    SELECT worker_id, at, ${projection(part)} AS frame FROM metric_frame
    WHERE at > ${new Date(fromMs)} AND at <= ${new Date(toMs)} ORDER BY at, worker_id`;
  // Our own workers wrote them through the same contract: they are not parsed a second time.
  return rows.map((row) => ({ workerId: row.worker_id, atMs: row.at.getTime(), frame: row.frame }));
}

function projection(part: FramePart): Prisma.Sql {
  if (part === "all") return Prisma.sql`frame`;
  if (part === "none") return Prisma.sql`'{"pools": [], "nodes": []}'::jsonb`;
  if (part === "pools") return Prisma.sql`${without("nodes", "flows")} || '{"nodes": []}'`;
  if (part === "flows") return Prisma.sql`${without("nodes")} || '{"nodes": []}'`;
  const [list, key, id] =
    "pool" in part ? (["pools", "poolId", part.pool] as const) : (["nodes", "nodeId", part.node] as const);
  return Prisma.sql`${without("nodes", "flows", "pools")} || '{"pools": [], "nodes": []}' || jsonb_build_object(${list}::text,
    jsonb_path_query_array(frame, ${`$.${list}[*] ? (@.${key} == $id)`}::jsonpath, ${JSON.stringify({ id })}::jsonb))`;
}

/** `frame - key` writes all that is left anew, value by value: with a thousand nodes that takes many times as long as this. */
const without = (...keys: (keyof MetricFrame)[]): Prisma.Sql =>
  Prisma.sql`(SELECT jsonb_object_agg(key, value) FROM jsonb_each(frame) WHERE key <> ALL(${keys}::text[]))`;

/** A gauge older than this says nothing of now. */
const FRESH_MS = 5_000;

/** `atMs`: when the oldest of the workers' figures was measured. */
export type InFlight = { inFlight: number; atMs: number };

/** Requests in flight on each node, summed over the workers' latest frames; a node nobody reported is not in the map. */
export async function readInFlight(client: Db | Tx): Promise<Map<string, InFlight>> {
  const since = new Date(Date.now() - FRESH_MS);
  const rows = await client.$queryRaw<{ node_id: string; in_flight: number; at: Date }[]>`
    SELECT node->>'nodeId' AS node_id, sum((node->>'inFlight')::int)::int AS in_flight, min(latest.at) AS at
    FROM (SELECT DISTINCT ON (worker_id) frame, at FROM metric_frame WHERE at > ${since} ORDER BY worker_id, at DESC) latest,
      jsonb_array_elements(latest.frame->'nodes') AS node
    GROUP BY node->>'nodeId'`;
  return new Map(rows.map((row) => [row.node_id, { inFlight: row.in_flight, atMs: row.at.getTime() }]));
}
