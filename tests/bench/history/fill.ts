// A history as a worker would have written it: nodes of pools with their days and nights, most answers of some milliseconds, a
// few of a second, and now and then a node that fails. Made in the database, from histograms that are made here.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { BUCKETS, bucketOf, encodeHistogram, toSparse } from "#lib/core/histogram.ts";
import { EVERYTHING } from "#lib/core/roll-up.ts";

export type Fleet = { pools: string[]; nodes: { id: string; poolId: string }[] };
const NODES_OF_POOL = 50;
const SHAPES = 64;
const LONG: ReadonlySet<string> = new Set(["1h", "1d"]);
const [HOUR, DAY] = [3_600_000, 86_400_000];

export function makeFleet(count: number): Fleet {
  const pools = Array.from({ length: Math.ceil(count / NODES_OF_POOL) }, () => randomUUID());
  const nodes = Array.from({ length: count }, (_, n) => ({
    id: randomUUID(),
    poolId: pools[Math.floor(n / NODES_OF_POOL)] as string,
  }));
  return { pools, nodes };
}

/** Log-normal times around a middle of its own, with a tail, of some thousand requests. */
function shape(n: number): Buffer {
  const dense = new Uint32Array(BUCKETS);
  const middleUs = 2_000 + n * 400;
  let seed = n + 1;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed + 1) / 2 ** 32;
  };
  for (let i = 0; i < 4_000; i++) {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const bucket = bucketOf(middleUs * Math.exp(0.6 * normal) * (i % 200 === 0 ? 40 : 1));
    dense[bucket] = (dense[bucket] as number) + 1;
  }
  return Buffer.from(encodeHistogram(toSparse(dense)));
}

/** @returns how many rows there are */
export async function fill(client: pg.Client, { pools, nodes }: Fleet, nowMs: number): Promise<number> {
  await client.query("CREATE TEMP TABLE shape (n int PRIMARY KEY, latency bytea)");
  for (let n = 0; n < SHAPES; n++) await client.query("INSERT INTO shape VALUES ($1, $2)", [n, shape(n)]);
  await client.query("CREATE TEMP TABLE target (n serial, scope text, id uuid, pool_id uuid)");
  const add = (scope: string, ids: string[], poolIds: string[]) =>
    client.query("INSERT INTO target (scope, id, pool_id) SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])", [
      ...[scope, ids, poolIds],
    ]);
  await add("all", [EVERYTHING], [EVERYTHING]);
  await add("pool", pools, pools);
  await add(
    "node",
    nodes.map(({ id }) => id),
    nodes.map(({ poolId }) => poolId),
  );
  const spans = [
    ["1d", "1 day", 396 * DAY],
    ["1h", "1 hour", 396 * DAY],
    ["5m", "5 minutes", DAY],
    ["1m", "1 minute", DAY],
    ["10s", "10 seconds", HOUR],
  ] as const;
  let rows = 0;
  for (const [resolution, step, lengthMs] of spans) {
    await prepare(client, nowMs - lengthMs, nowMs, LONG.has(resolution) ? 15 * DAY : HOUR);
    // Days apart, so that no statement holds the server for minutes.
    for (let fromMs = nowMs - lengthMs; fromMs < nowMs; fromMs += 33 * DAY) {
      const toMs = Math.min(nowMs, fromMs + 33 * DAY);
      // Of most nodes a month in hours; of twenty, and of pools, all of it.
      const whose = LONG.has(resolution) && fromMs < nowMs - 34 * DAY ? "n <= 41" : "true";
      const { rowCount } = await client.query(INSERT.replace("WHOSE", whose), [resolution, step, at(fromMs), at(toMs)]);
      rows += rowCount ?? 0;
    }
  }
  return rows;
}

const at = (ms: number) => new Date(ms).toISOString();

async function prepare(client: pg.Client, fromMs: number, toMs: number, stepMs: number): Promise<void> {
  for (let ms = fromMs; ms <= toMs; ms += stepMs) await client.query("SELECT metric_prepare_at($1)", [at(ms)]);
}

const INSERT = `INSERT INTO metric_rollup (resolution, at, worker_id, scope, target_id, pool_id, requests, successes, failures,
    status_1xx, status_2xx, status_3xx, status_4xx, status_5xx, retries, aborted, bytes_in, bytes_out,
    in_flight_max, queued_max, connections_max, latency, details)
  SELECT $1, at, 'bench', scope, id, pool_id, r, r - f, f, 0, r - f - r / 50, 0, r / 50, f, f, r / 900, r * 300, r * 4000,
    r / 400, 0, r / 300, latency, CASE WHEN f > 0 THEN jsonb_build_object('connectionsReused', r, 'connectionsOpened', r / 80,
      'causes', jsonb_build_object('status-503', f)) ELSE jsonb_build_object('connectionsReused', r) END
  FROM (SELECT * FROM generate_series(date_bin($2::interval, $3::timestamptz, '2000-01-01 00:00:00+00'), $4::timestamptz, $2::interval) at
    WHERE at >= $3::timestamptz AND at < $4::timestamptz) times
  CROSS JOIN (SELECT * FROM target WHERE WHOSE) target
  CROSS JOIN LATERAL (SELECT (4000 + 2500 * sin(extract(epoch FROM at) / 13751) + (hashint8(extract(epoch FROM at)::bigint + n) & 1023))::bigint AS r,
    CASE WHEN (hashint8(floor(extract(epoch FROM at) / 3600)::bigint * 31 + n) & 255) = 0 THEN 0.1 ELSE 0 END AS share) wave
  CROSS JOIN LATERAL (SELECT (wave.r * wave.share)::bigint AS f) failed
  JOIN shape ON shape.n = (hashint8(extract(epoch FROM at)::bigint + target.n) & 63)`;
