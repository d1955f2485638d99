import { decodeHistogram } from "#lib/core/histogram.ts";
import type { RollUp } from "#lib/core/roll-up.ts";
import type { Db } from "#lib/store/db.ts";
import type { MetricRollup } from "#lib/store/generated/client.ts";

export type RollUpFilter = {
  resolution: string;
  scope: "pool" | "node";
  /** One pool or node; left out: all of the scope. */
  targetId?: string;
  /** Spans that begin from this on, and before `toMs`. */
  fromMs: number;
  toMs: number;
};

/** Stored spans of all workers, oldest first. */
export async function readRollUps(client: Db, filter: RollUpFilter): Promise<RollUp[]> {
  const { fromMs, toMs, ...which } = filter;
  const rows = await client.metricRollup.findMany({
    where: { ...which, at: { gte: new Date(fromMs), lt: new Date(toMs) } },
    orderBy: { at: "asc" },
  });
  return rows.map(toRollUp);
}

const toRollUp = (row: MetricRollup): RollUp => ({
  scope: row.scope as RollUp["scope"],
  targetId: row.targetId,
  poolId: row.poolId,
  atMs: row.at.getTime(),
  counts: {
    requests: Number(row.requests),
    successes: Number(row.successes),
    failures: Number(row.failures),
    status1xx: Number(row.status1xx),
    status2xx: Number(row.status2xx),
    status3xx: Number(row.status3xx),
    status4xx: Number(row.status4xx),
    status5xx: Number(row.status5xx),
    retries: Number(row.retries),
    aborted: Number(row.aborted),
    bytesIn: Number(row.bytesIn),
    bytesOut: Number(row.bytesOut),
    latencyUs: decodeHistogram(row.latency),
  },
  inFlightMax: row.inFlightMax,
  queuedMax: row.queuedMax,
});
