import type { MetricScope } from "#lib/contracts/metrics.ts";
import { decodeHistogram } from "#lib/core/histogram.ts";
import type { Sums } from "#lib/core/top.ts";
import type { Db } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

export type TopFilter = {
  resolution: string;
  scope: MetricScope;
  poolId?: string | undefined;
  /** Spans that begin from this on, and before `toMs`. */
  fromMs: number;
  toMs: number;
};

type Row = Omit<Sums, "latencies"> & { latencies: Uint8Array[] | null };

/** Sums by target, of all workers. @param withLatency whether histograms are read as well: they are most of the bytes */
export async function readSums(client: Db, filter: TopFilter, withLatency: boolean): Promise<Sums[]> {
  const { resolution, scope, poolId, fromMs, toMs } = filter;
  const ofPool = poolId === undefined ? Prisma.empty : Prisma.sql`AND pool_id = ${poolId}::uuid`;
  const latencies = withLatency
    ? Prisma.sql`array_agg(latency) FILTER (WHERE requests > 0)`
    : Prisma.sql`NULL::bytea[]`;
  const rows = await client.$queryRaw<Row[]>`
    SELECT target_id::text AS "targetId", name, min(pool_id::text) AS "poolId", sum(requests)::float8 AS requests,
      sum(failures)::float8 AS failures, ${latencies} AS latencies
    FROM metric_rollup
    WHERE resolution = ${resolution} AND scope = ${scope} ${ofPool}
      AND at >= ${new Date(fromMs)} AND at < ${new Date(toMs)}
    GROUP BY target_id, name HAVING sum(requests) > 0`;
  return rows.map((row) => ({ ...row, latencies: (row.latencies ?? []).map((bytes) => decodeHistogram(bytes)) }));
}
