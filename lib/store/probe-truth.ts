// What is stored of a pool's nodes over a day, for comparing probes with traffic. Its hours first, as arrays of a row a node, which say
// of what their minutes have to be read: a day of a thousand nodes is more than a million minutes, most of them quiet.
import { decodeHistogram, mergeAllSparse, quantileUs } from "#lib/core/histogram.ts";
import { HOUR_MS, partByHours, type TrafficHour } from "#lib/core/probe-truth/hours.ts";
import type {
  FactChange,
  FailedAttempt,
  MinuteCauses,
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
  const [hours, changes, present, attempts, p99] = await Promise.all([
    readHours(client, ids, new Date(window.fromMs - HOUR_MS), to),
    readChanges(client, ids, from, to),
    readPresent(client, ids),
    readFailedAttempts(client, poolId, from, to),
    readP99(client, ids, nodeIds.length, from, to),
  ]);
  const parted = new Map(
    nodeIds.map((id) => [id, partByHours(hours.get(id) ?? [], changes.get(id) ?? [], window)] as const),
  );
  const unknown = [...parted].flatMap(([nodeId, { unknown: parts }]) => parts.map((part) => ({ nodeId, ...part })));
  const read = await readMinutes(client, unknown);
  return nodeIds.map((nodeId) => ({
    nodeId,
    minutes: merged(parted.get(nodeId)?.minutes, read.minutes.get(nodeId)),
    causes: read.causes.get(nodeId) ?? [],
    changes: changes.get(nodeId) ?? [],
    present: present.get(nodeId) ?? [],
    attempts: attempts.get(nodeId) ?? [],
    p99Ms: p99.get(nodeId) ?? null,
  }));
}

type OfWorkers = ReadonlyMap<string, TrafficMinute[]>;
const NONE: OfWorkers = new Map();

function merged(quiet: OfWorkers = NONE, read: OfWorkers = NONE): OfWorkers {
  const workers = new Set([...quiet.keys(), ...read.keys()]);
  const all = (id: string) => [...(quiet.get(id) ?? []), ...(read.get(id) ?? [])].toSorted((a, b) => a.atMs - b.atMs);
  return new Map([...workers].map((id) => [id, all(id)]));
}

async function readHours(client: Db, ids: Prisma.Sql, from: Date, to: Date): Promise<Map<string, TrafficHour[]>> {
  type Row = { nodeId: string; workerId: string[]; at: number[]; good: number[]; bad: number[] };
  const rows = await client.$queryRaw<Row[]>`
    SELECT target_id::text AS "nodeId", array_agg(worker_id) AS "workerId",
      array_agg(extract(epoch FROM at)::float8 * 1000) AS at,
      array_agg(successes::float8) AS good, array_agg(failures::float8) AS bad
    FROM metric_rollup
    WHERE scope = 'node' AND target_id = ${ids} AND name = '' AND at > ${from} AND at < ${to} AND resolution = '1h'
    GROUP BY target_id`;
  const hoursOf = ({ workerId, at, good, bad }: Row): TrafficHour[] =>
    at.map((ms, i) => ({
      ...{ workerId: workerId[i] ?? "", atMs: Math.round(ms), successes: good[i] ?? 0, failures: bad[i] ?? 0 },
    }));
  return new Map(rows.map((row) => [row.nodeId, hoursOf(row)]));
}

type Part = Window & { nodeId: string };

/** Minutes of nodes in some parts of the day, and what failed in them. */
async function readMinutes(client: Db, parts: readonly Part[]) {
  const minutes = new Map<string, Map<string, TrafficMinute[]>>();
  const causes = new Map<string, MinuteCauses[]>();
  if (parts.length === 0) return { minutes, causes };
  type Row = {
    nodeId: string;
    workerId: string;
    at: number[];
    good: number[];
    bad: number[];
    causes: (object | null)[];
  };
  const [ids, froms, tos] = [parts.map((part) => part.nodeId), times(parts, "fromMs"), times(parts, "toMs")];
  const rows = await client.$queryRaw<Row[]>`
    SELECT target_id::text AS "nodeId", worker_id AS "workerId",
      array_agg(extract(epoch FROM at)::float8 * 1000 ORDER BY at) AS at,
      array_agg(successes::float8 ORDER BY at) AS good, array_agg(failures::float8 ORDER BY at) AS bad,
      array_agg(CASE WHEN failures > 0 THEN details->'causes' END ORDER BY at) AS causes
    FROM unnest(${ids}::uuid[], ${froms}::timestamptz[], ${tos}::timestamptz[]) AS part (node_id, from_at, to_at)
    JOIN metric_rollup ON scope = 'node' AND target_id = node_id AND name = '' AND at >= from_at AND at < to_at
      AND resolution = '1m' AND successes + failures > 0
    GROUP BY target_id, worker_id`;
  for (const { nodeId, workerId, at, good, bad, causes: failed } of rows) {
    const atMs = at.map(Math.round);
    const workers = minutes.get(nodeId) ?? new Map<string, TrafficMinute[]>();
    const own = atMs.map((ms, i) => ({ atMs: ms, successes: good[i] ?? 0, failures: bad[i] ?? 0 }));
    minutes.set(nodeId, workers.set(workerId, own));
    const told = atMs.flatMap((ms, i) => {
      const of = failed[i] as MinuteCauses["causes"] | null;
      return of ? [{ workerId, atMs: ms, causes: of }] : [];
    });
    causes.set(nodeId, [...(causes.get(nodeId) ?? []), ...told]);
  }
  return { minutes, causes };
}
const times = (parts: readonly Part[], end: keyof Window): string[] =>
  parts.map((part) => new Date(part[end]).toISOString());

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

/** With more nodes than this their P99 is read from days. */
const NODES_BY_HOURS = 100;
const DAY_MS = 24 * HOUR_MS;

/** Over all workers, from the histograms of hours, in a large pool of days; those of the hour or day that the window begins in count whole. */
async function readP99(client: Db, ids: Prisma.Sql, count: number, from: Date, to: Date): Promise<Map<string, number>> {
  const [resolution, spanMs] = count > NODES_BY_HOURS ? ["1d", DAY_MS] : ["1h", HOUR_MS];
  const rows = await client.$queryRaw<{ nodeId: string; latency: Uint8Array }[]>`
    SELECT target_id::text AS "nodeId", latency FROM metric_rollup
    WHERE scope = 'node' AND target_id = ${ids} AND name = '' AND at > ${new Date(from.getTime() - spanMs)} AND at < ${to}
      AND resolution = ${resolution}`;
  const quantiles = [...Map.groupBy(rows, ({ nodeId }) => nodeId)].map(([nodeId, parts]) => {
    const us = quantileUs(mergeAllSparse(parts.map(({ latency }) => decodeHistogram(latency))), 0.99);
    return [nodeId, us === null ? null : us / 1_000] as const;
  });
  return new Map(quantiles.flatMap(([nodeId, ms]) => (ms === null ? [] : [[nodeId, ms] as const])));
}

const byNode = <R extends { nodeId: string }, T>(rows: readonly R[], of: (row: R) => T): Map<string, T[]> =>
  new Map([...Map.groupBy(rows, ({ nodeId }) => nodeId)].map(([nodeId, own]) => [nodeId, own.map(of)]));
