import type { CountDetails } from "#lib/contracts/metrics.ts";
import { decodeHistogram } from "#lib/core/histogram.ts";
import type { RollUp } from "#lib/core/roll-up.ts";
import type { Db } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

export type RollUpFilter = {
  resolution: string;
  scope: RollUp["scope"];
  /** One pool, node, route or, of a class, its pool; left out: all of the scope. */
  targetId?: string | undefined;
  /** Of a class. */
  name?: string;
  /** Those of one pool. */
  poolId?: string;
  /** Spans that begin from this on, and before `toMs`. */
  fromMs: number;
  toMs: number;
};

/** PostgreSQL's counts as numbers: exact up to 2^53, and read in a third of the time of BigInt. */
const COUNTS = Prisma.raw(
  [
    ...["requests", "successes", "failures", "retries", "aborted"].map((name) => `${name}::float8 AS ${name}`),
    ...[1, 2, 3, 4, 5].map((n) => `status_${n}xx::float8 AS "status${n}xx"`),
    `bytes_in::float8 AS "bytesIn", bytes_out::float8 AS "bytesOut"`,
  ].join(", "),
);

type Row = Record<"requests" | "successes" | "failures" | "retries" | "aborted", number> &
  Record<"status1xx" | "status2xx" | "status3xx" | "status4xx" | "status5xx" | "bytesIn" | "bytesOut", number> & {
    targetId: string;
    name: string;
    poolId: string;
    atMs: number;
    inFlightMax: number;
    queuedMax: number;
    connectionsMax: number | null;
    latency: Uint8Array;
    details: CountDetails | null;
  };

/** Stored spans of all workers, oldest first. */
export async function readRollUps(client: Db, filter: RollUpFilter): Promise<RollUp[]> {
  const { resolution, scope, targetId, name = "", poolId, fromMs, toMs } = filter;
  const ofPool = poolId === undefined ? Prisma.empty : Prisma.sql`AND pool_id = ${poolId}::uuid`;
  const target =
    targetId === undefined ? Prisma.empty : Prisma.sql`AND target_id = ${targetId}::uuid AND name = ${name}`;
  const rows = await client.$queryRaw<Row[]>`
    SELECT target_id::text AS "targetId", name, pool_id::text AS "poolId", extract(epoch FROM at)::float8 * 1000 AS "atMs",
      in_flight_max AS "inFlightMax", queued_max AS "queuedMax", connections_max AS "connectionsMax", latency, details, ${COUNTS}
    FROM metric_rollup
    WHERE resolution = ${resolution} AND scope = ${scope} ${target} ${ofPool}
      AND at >= ${new Date(fromMs)} AND at < ${new Date(toMs)} ORDER BY at`;
  return rows.map((row) => toRollUp(scope, row));
}

/** Starts of the stored spans. */
export async function readMeasuredMs(client: Db, filter: RollUpFilter & { targetId: string }): Promise<number[]> {
  const { resolution, scope, targetId, fromMs, toMs } = filter;
  const rows = await client.$queryRaw<{ at: Date }[]>`
    SELECT DISTINCT at FROM metric_rollup
    WHERE resolution = ${resolution} AND scope = ${scope} AND target_id = ${targetId}::uuid AND name = ''
      AND at >= ${new Date(fromMs)} AND at < ${new Date(toMs)}`;
  return rows.map(({ at }) => at.getTime());
}

function toRollUp(scope: RollUp["scope"], row: Row): RollUp {
  const { targetId, name, poolId, inFlightMax, queuedMax, connectionsMax, atMs, latency, details, ...counts } = row;
  return {
    ...{ scope, targetId, name, poolId, atMs: Math.round(atMs), inFlightMax, queuedMax, connectionsMax },
    counts: { ...counts, latencyUs: decodeHistogram(latency), ...(details !== null && { details }) },
  };
}
