// What is stored of a pool's nodes over a day, for comparing probes with traffic. Minutes come as arrays, one row a node and
// worker: a day of a thousand nodes is more than a million of them.
import { decodeHistogram, mergeAllSparse, quantileUs } from "#lib/core/histogram.ts";
import type {
  FactChange,
  FailedAttempt,
  NodeDay,
  PresentVerdict,
  TrafficMinute,
  Window,
} from "#lib/core/probe-truth/types.ts";
import type { Db } from "#lib/store/db.ts";
import { Prisma } from "#lib/store/generated/client.ts";

/** Of requests that are kept, and failed or were retried: the newest of the pool. */
const MOST_REQUESTS = 2_000;

export async function readNodeDays(
  client: Db,
  poolId: string,
  nodeIds: readonly string[],
  window: Window,
): Promise<NodeDay[]> {
  if (nodeIds.length === 0) return [];
  const ids = Prisma.sql`ANY (${[...nodeIds]}::uuid[])`;
  const [from, to] = [new Date(window.fromMs), new Date(window.toMs)];
  const [minutes, causes, changes, present, attempts, p99] = await Promise.all([
    readMinutes(client, ids, from, to),
    readCauses(client, ids, from, to),
    readChanges(client, ids, from, to),
    readPresent(client, ids),
    readFailedAttempts(client, poolId, from, to),
    readP99(client, ids, from, to),
  ]);
  return nodeIds.map((nodeId) => ({
    nodeId,
    minutes: minutes.get(nodeId) ?? new Map(),
    causes: causes.get(nodeId) ?? [],
    changes: changes.get(nodeId) ?? [],
    present: present.get(nodeId) ?? [],
    attempts: attempts.get(nodeId) ?? [],
    p99Ms: p99.get(nodeId) ?? null,
  }));
}

async function readMinutes(client: Db, ids: Prisma.Sql, from: Date, to: Date) {
  type Row = { nodeId: string; workerId: string; at: number[]; good: number[]; bad: number[] };
  const rows = await client.$queryRaw<Row[]>`
    SELECT target_id::text AS "nodeId", worker_id AS "workerId",
      array_agg(extract(epoch FROM at)::float8 * 1000 ORDER BY at) AS at,
      array_agg(successes::float8 ORDER BY at) AS good, array_agg(failures::float8 ORDER BY at) AS bad
    FROM metric_rollup
    WHERE scope = 'node' AND target_id = ${ids} AND name = '' AND at >= ${from} AND at < ${to} AND resolution = '1m'
      AND successes + failures > 0
    GROUP BY target_id, worker_id`;
  const nodes = new Map<string, Map<string, TrafficMinute[]>>();
  for (const { nodeId, workerId, at, good, bad } of rows) {
    const workers = nodes.get(nodeId) ?? new Map<string, TrafficMinute[]>();
    const minutes = at.map((ms, i) => ({ atMs: Math.round(ms), successes: good[i] ?? 0, failures: bad[i] ?? 0 }));
    nodes.set(nodeId, workers.set(workerId, minutes));
  }
  return nodes;
}

async function readCauses(client: Db, ids: Prisma.Sql, from: Date, to: Date) {
  type Row = { nodeId: string; workerId: string; at: Date; causes: Record<string, number> };
  const rows = await client.$queryRaw<Row[]>`
    SELECT target_id::text AS "nodeId", worker_id AS "workerId", at, details->'causes' AS causes
    FROM metric_rollup
    WHERE scope = 'node' AND target_id = ${ids} AND name = '' AND at >= ${from} AND at < ${to} AND resolution = '1m'
      AND failures > 0 AND details ? 'causes'`;
  return byNode(rows, ({ workerId, at, causes }) => ({ workerId, atMs: at.getTime(), causes }));
}

/** With the last change before the window, if it is kept: it says what held as the window began. */
async function readChanges(client: Db, ids: Prisma.Sql, from: Date, to: Date) {
  type Row = Omit<FactChange, "atMs"> & { nodeId: string; at: Date };
  const rows = await client.$queryRaw<Row[]>`
    SELECT * FROM (
      SELECT node_id::text AS "nodeId", worker_id AS "workerId", at, id, fact, "from", "to", reason FROM health_event
      WHERE node_id = ${ids} AND at >= ${from} AND at < ${to} AND fact IN ('health', 'ejection', 'breaker')
      UNION ALL
      (SELECT DISTINCT ON (node_id, worker_id) node_id::text, worker_id, at, id, fact, "from", "to", reason FROM health_event
      WHERE node_id = ${ids} AND at < ${from} AND fact = 'health' ORDER BY node_id, worker_id, at DESC, id DESC)
    ) event ORDER BY at, id`;
  return byNode(
    rows,
    ({ workerId, at, fact, from: before, to: after, reason }): FactChange => ({
      ...{ workerId, fact, reason, atMs: at.getTime(), from: before, to: after },
    }),
  );
}

async function readPresent(client: Db, ids: Prisma.Sql) {
  type Row = { nodeId: string; workerId: string; state: PresentVerdict["state"]; since: Date };
  const rows = await client.$queryRaw<Row[]>`
    SELECT node_id::text AS "nodeId", worker_id AS "workerId", state, since FROM node_health WHERE node_id = ${ids}`;
  return byNode(rows, ({ workerId, state, since }): PresentVerdict => ({ workerId, state, sinceMs: since.getTime() }));
}

async function readFailedAttempts(client: Db, poolId: string, from: Date, to: Date) {
  type Row = Omit<FailedAttempt, "atMs"> & { nodeId: string; at: Date };
  const rows = await client.$queryRaw<Row[]>`
    SELECT kept.request_id AS "requestId", kept.at, kept.record->>'method' AS method, kept.path,
      attempt->>'nodeId' AS "nodeId", attempt->>'cause' AS cause
    FROM (SELECT * FROM request_record WHERE pool_id = ${poolId}::uuid AND at >= ${from} AND at < ${to}
      AND kept && ARRAY['failed', 'retried'] ORDER BY id DESC LIMIT ${MOST_REQUESTS}) kept,
      jsonb_array_elements(kept.record->'attempts') AS attempt
    WHERE attempt->>'counts' = 'failure' ORDER BY kept.id DESC`;
  return byNode(rows, ({ requestId, at, method, path, cause }) => ({
    requestId,
    method,
    path,
    cause,
    atMs: at.getTime(),
  }));
}

/** Over all workers, from the histograms of hours; those of a window's first hour count whole. */
async function readP99(client: Db, ids: Prisma.Sql, from: Date, to: Date): Promise<Map<string, number>> {
  const rows = await client.$queryRaw<{ nodeId: string; latency: Uint8Array }[]>`
    SELECT target_id::text AS "nodeId", latency FROM metric_rollup
    WHERE scope = 'node' AND target_id = ${ids} AND name = '' AND at >= ${from} AND at < ${to} AND resolution = '1h'`;
  const merged = [...Map.groupBy(rows, ({ nodeId }) => nodeId)].map(([nodeId, parts]) => {
    const us = quantileUs(mergeAllSparse(parts.map(({ latency }) => decodeHistogram(latency))), 0.99);
    return [nodeId, us === null ? null : us / 1_000] as const;
  });
  return new Map(merged.flatMap(([nodeId, ms]) => (ms === null ? [] : [[nodeId, ms] as const])));
}

const byNode = <R extends { nodeId: string }, T>(rows: readonly R[], of: (row: R) => T): Map<string, T[]> =>
  new Map([...Map.groupBy(rows, ({ nodeId }) => nodeId)].map(([nodeId, own]) => [nodeId, own.map(of)]));
