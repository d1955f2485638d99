// Requests that were worth keeping, as a worker writes them.
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Queryable } from "./database.ts";

/** PostgreSQL has no place for NUL, in text or as \u0000 in JSON. */
const stored = (text: string): string => text.replaceAll("\0", "").replaceAll("\\u0000", "");

export async function writeRequests(db: Queryable, workerId: string, records: readonly RequestRecord[]): Promise<void> {
  if (records.length === 0) return;
  await db.query(
    `INSERT INTO request_record (at, request_id, worker_id, pool_id, route_id, revision, status, cause, kept, path, took_ms, node_ids, record)
     SELECT to_timestamp(u.at / 1000), u.request, $1, u.pool, u.route, u.revision, u.status, u.cause,
       ARRAY(SELECT jsonb_array_elements_text(u.record->'kept')), u.path, u.took,
       ARRAY(SELECT (attempt->>'nodeId')::uuid FROM jsonb_array_elements(u.record->'attempts') attempt), u.record
     FROM unnest($2::float8[], $3::text[], $4::uuid[], $5::uuid[], $6::int[], $7::int[], $8::text[], $9::text[], $10::float8[], $11::jsonb[])
       AS u (at, request, pool, route, revision, status, cause, path, took, record)`,
    [
      workerId,
      records.map((record) => record.atMs),
      records.map((record) => stored(record.requestId)),
      records.map((record) => record.poolId),
      records.map((record) => record.routeId),
      records.map((record) => record.revision),
      records.map((record) => record.status),
      records.map((record) => stored(record.cause)),
      records.map((record) => stored(record.path)),
      records.map((record) => record.tookMs),
      records.map((record) => stored(JSON.stringify(record))),
    ],
  );
}

/** Adds what was lost to the minute of `atMs`. */
export async function writeDropped(db: Queryable, workerId: string, count: number, atMs: number): Promise<void> {
  await db.query(
    `INSERT INTO request_drop (at, worker_id, count) VALUES (date_trunc('minute', to_timestamp($2::float8 / 1000)), $1, $3)
     ON CONFLICT (at, worker_id) DO UPDATE SET count = request_drop.count + EXCLUDED.count`,
    [workerId, atMs, count],
  );
}

/** Makes the hours ahead and drops those that are too old. @returns how many requests went */
export async function expireRequests(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ removed: string }>("SELECT request_expire() AS removed");
  return Number(rows[0]?.removed ?? 0);
}
