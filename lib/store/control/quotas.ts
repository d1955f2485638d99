// What nodes with a quota have been sent in the present span, by all workers together.
import { CHANNELS } from "#lib/contracts/bus.ts";
import { notifyIds, type Queryable } from "./database.ts";

/** Times are Unix milliseconds. */
export type QuotaUse = { nodeId: string; startMs: number; endMs: number; change: number };
export type QuotaTotal = { nodeId: string; startMs: number; endMs: number; used: number };

type Row = { node_id: string; start_ms: string; end_ms: string; used: string };
const TOTALS =
  "q.node_id, extract(epoch FROM q.started_at) * 1000 AS start_ms, extract(epoch FROM q.ends_at) * 1000 AS end_ms, q.used";
const totalOf = (row: Row): QuotaTotal => ({
  nodeId: row.node_id,
  startMs: Math.round(Number(row.start_ms)),
  endMs: Math.round(Number(row.end_ms)),
  used: Number(row.used),
});

/** What a worker used since its last batch. One that may have been stored is sent again as it was: it counts once. */
export type QuotaBatch = { workerId: string; number: number; uses: readonly QuotaUse[] };

/**
 * Adds what was used and reads what all have used: of each given span that anything was ever used of. Tells gb_facts of
 * nodes whose use changed.
 */
export async function addQuotaUse(db: Queryable, { workerId, number, uses }: QuotaBatch): Promise<QuotaTotal[]> {
  const changed = uses.filter(({ change }) => change !== 0);
  const others = uses.filter(({ change }) => change === 0);
  const written = changed.length > 0 ? await write(db, workerId, number, changed) : [];
  const read = others.length > 0 ? await readTotals(db, others) : [];
  await notifyIds(db, CHANNELS.facts, [...new Set(written.map((row) => row.node_id))]);
  return [...written, ...read].map(totalOf);
}

const columns = (uses: readonly QuotaUse[]) => [
  uses.map((use) => use.nodeId),
  uses.map((use) => use.startMs),
  uses.map((use) => use.endMs),
];

async function write(db: Queryable, workerId: string, number: number, uses: readonly QuotaUse[]): Promise<Row[]> {
  await db.query(
    `INSERT INTO node_quota (node_id, started_at, ends_at, used)
     SELECT node.id, to_timestamp(u.start / 1000), to_timestamp(u.until / 1000), 0
     FROM unnest($1::uuid[], $2::float8[], $3::float8[]) AS u (id, start, until) JOIN node ON node.id = u.id
     ON CONFLICT DO NOTHING`,
    columns(uses),
  );
  const { rows } = await db.query<Row>(
    `UPDATE node_quota AS q SET
       used = greatest(0, q.used + CASE WHEN coalesce((q.batches ->> $5)::bigint, 0) < $6::bigint THEN u.change ELSE 0 END),
       batches = q.batches || jsonb_build_object($5::text, $6::bigint)
     FROM unnest($1::uuid[], $2::float8[], $3::float8[], $4::bigint[]) AS u (id, start, until, change)
     WHERE q.node_id = u.id AND q.started_at = to_timestamp(u.start / 1000) AND q.ends_at = to_timestamp(u.until / 1000)
     RETURNING ${TOTALS}`,
    [...columns(uses), uses.map((use) => use.change), workerId, number],
  );
  return rows;
}

async function readTotals(db: Queryable, uses: readonly QuotaUse[]): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    `SELECT ${TOTALS} FROM node_quota q JOIN unnest($1::uuid[], $2::float8[], $3::float8[]) AS u (id, start, until)
       ON q.node_id = u.id AND q.started_at = to_timestamp(u.start / 1000) AND q.ends_at = to_timestamp(u.until / 1000)`,
    columns(uses),
  );
  return rows;
}

/** Spans that ended a while ago are of no more use. */
export async function forgetQuotas(db: Queryable): Promise<void> {
  await db.query("DELETE FROM node_quota WHERE ends_at < now() - interval '1 day'");
}
