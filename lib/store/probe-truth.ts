// What is stored of a pool's nodes over a day, for comparing probes with traffic. Its hours first, then five minutes of those that are
// not quiet, then their minutes: a day of a thousand nodes is more than a million of them.
import { decodeHistogram, mergeAllSparse, quantileUs } from "#lib/core/histogram.ts";
import { type PartedDay, partQuiet, type TrafficSpan } from "#lib/core/probe-truth/quiet.ts";
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
  const part = (
    spans: ReadonlyMap<string, TrafficSpan[]>,
    parts: ReadonlyMap<string, readonly Window[]>,
    spanMs: number,
  ) =>
    new Map(
      [...parts].map(([id, windows]): [string, PartedDay] => [
        id,
        partQuiet(spans.get(id) ?? [], changes.get(id) ?? [], windows, { spanMs, day: window }),
      ]),
    );
  const byHours = part(hours, new Map(nodeIds.map((id) => [id, [window]])), HOUR_MS);
  const fives = spansOf(await readSpans(client, "5m", unknownOf(byHours), window));
  const byFives = part(fives, new Map([...byHours].map(([id, { unknown }]) => [id, unknown])), FIVE_MS);
  const minutes = await readSpans(client, "1m", unknownOf(byFives), window);
  const read = { minutes: minutesOf(minutes), causes: causesOf(minutes) };
  return nodeIds.map((nodeId) => ({
    nodeId,
    minutes: read.minutes.get(nodeId) ?? new Map(),
    quiet: together(byHours.get(nodeId)?.quiet, byFives.get(nodeId)?.quiet),
    causes: read.causes.get(nodeId) ?? [],
    changes: changes.get(nodeId) ?? [],
    present: present.get(nodeId) ?? [],
    attempts: attempts.get(nodeId) ?? [],
    p99Ms: p99.get(nodeId) ?? null,
  }));
}

/** Of more nodes than this, as little as will do is read. */
const MANY_NODES = 100;
const [FIVE_MS, HOUR_MS, DAY_MS] = [300_000, 3_600_000, 86_400_000];

type Quiet = PartedDay["quiet"];
const together = (hours: Quiet = new Map(), fives: Quiet = new Map()): Quiet =>
  new Map([...hours.keys(), ...fives.keys()].map((id) => [id, [...(hours.get(id) ?? []), ...(fives.get(id) ?? [])]]));

/** What was stored of one node by one worker, as arrays of the same length. */
type SpanRow = { nodeId: string; workerId: string; at: number[]; good: number[]; bad: number[]; causes: unknown[] };
type Part = Window & { nodeId: string };

const unknownOf = (parted: ReadonlyMap<string, PartedDay>): Part[] =>
  [...parted].flatMap(([nodeId, { unknown }]) => unknown.map((part) => ({ nodeId, ...part })));

async function readHours(client: Db, ids: Prisma.Sql, from: Date, to: Date) {
  const rows = await client.$queryRaw<SpanRow[]>`
    SELECT target_id::text AS "nodeId", worker_id AS "workerId", array_agg(extract(epoch FROM at)::float8 * 1000) AS at,
      array_agg(successes::float8) AS good, array_agg(failures::float8) AS bad, '{}'::text[] AS causes
    FROM metric_rollup
    WHERE scope = 'node' AND target_id = ${ids} AND name = '' AND at > ${from} AND at < ${to} AND resolution = '1h'
    GROUP BY target_id, worker_id`;
  return spansOf(rows);
}

/** Spans in which anything was answered, in some parts of the day, and what failed in them. */
async function readSpans(client: Db, resolution: "1m" | "5m", parts: readonly Part[], day: Window): Promise<SpanRow[]> {
  if (parts.length === 0) return [];
  const times = (end: keyof Window) => parts.map((part) => new Date(part[end]).toISOString());
  return client.$queryRaw<SpanRow[]>`
    SELECT target_id::text AS "nodeId", worker_id AS "workerId",
      array_agg(extract(epoch FROM at)::float8 * 1000 ORDER BY at) AS at,
      array_agg(successes::float8 ORDER BY at) AS good, array_agg(failures::float8 ORDER BY at) AS bad,
      array_agg(CASE WHEN failures > 0 THEN details->'causes' END ORDER BY at) AS causes
    FROM unnest(${parts.map((part) => part.nodeId)}::uuid[], ${times("fromMs")}::timestamptz[], ${times("toMs")}::timestamptz[])
      AS part (node_id, from_at, to_at)
    CROSS JOIN LATERAL (
      SELECT target_id, worker_id, at, successes, failures, details FROM metric_rollup
      WHERE scope = 'node' AND target_id = part.node_id AND name = '' AND at >= part.from_at AND at < part.to_at
        AND resolution = ${resolution} AND at >= ${new Date(day.fromMs)} AND at < ${new Date(day.toMs)}
        AND successes + failures > 0
      ${isMost(parts, day) ? Prisma.empty : ONE_BY_ONE}) AS span
    GROUP BY target_id, worker_id`;
}

/** Each part by the index. Without it the server takes a few parts of the day for all of it, and reads that. */
const ONE_BY_ONE = Prisma.sql`OFFSET 0`;
function isMost(parts: readonly Part[], day: Window): boolean {
  const nodes = new Set(parts.map(({ nodeId }) => nodeId)).size;
  const asked = parts.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return nodes > MANY_NODES && asked > (nodes * (day.toMs - day.fromMs)) / 2;
}

/** By node, of any workers. */
const spansOf = (rows: readonly SpanRow[]): Map<string, TrafficSpan[]> =>
  new Map(
    [...Map.groupBy(rows, ({ nodeId }) => nodeId)].map(([nodeId, own]) => [
      nodeId,
      own.flatMap((row) => minutesIn(row).map((span) => ({ ...span, workerId: row.workerId }))),
    ]),
  );

const minutesIn = ({ at, good, bad }: SpanRow): TrafficMinute[] =>
  at.map((ms, i) => ({ atMs: Math.round(ms), successes: good[i] ?? 0, failures: bad[i] ?? 0 }));

const minutesOf = (rows: readonly SpanRow[]): Map<string, Map<string, TrafficMinute[]>> =>
  new Map(
    [...Map.groupBy(rows, ({ nodeId }) => nodeId)].map(([nodeId, own]) => [
      nodeId,
      new Map(own.map((row) => [row.workerId, minutesIn(row)])),
    ]),
  );

function causesOf(rows: readonly SpanRow[]): Map<string, MinuteCauses[]> {
  const told = rows.flatMap(({ nodeId, workerId, at, causes }) =>
    at.flatMap((ms, i) => {
      const failed = causes[i] as MinuteCauses["causes"] | null;
      return failed ? [{ nodeId, workerId, atMs: Math.round(ms), causes: failed }] : [];
    }),
  );
  return byNode(told, ({ workerId, atMs, causes }) => ({ workerId, atMs, causes }));
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

/** Over all workers, from the histograms of hours, in a large pool of days; those of the hour or day that the window begins in count whole. */
async function readP99(client: Db, ids: Prisma.Sql, count: number, from: Date, to: Date): Promise<Map<string, number>> {
  const [resolution, spanMs] = count > MANY_NODES ? ["1d", DAY_MS] : ["1h", HOUR_MS];
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
