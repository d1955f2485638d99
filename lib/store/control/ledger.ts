// The traffic ledger, as workers write it. What holds in the whole cluster (a publish, a canary, a person, a ramp) is seen by
// every worker and written by one of them: the first of those that are alive. What a worker found by itself it writes itself.
import type { LedgerNews } from "#lib/core/ledger/book.ts";
import type { Queryable } from "./database.ts";

const OF_ALL = ["publish", "canary", "person", "ramp"];

export async function writeLedger(
  db: Queryable,
  workerId: string,
  revision: number | null,
  news: readonly LedgerNews[],
): Promise<void> {
  if (news.length === 0) return;
  await db.query(
    `INSERT INTO traffic_ledger (at, worker_id, pool_id, node_id, cause, detail, by_node_id, share_before, share_after, revision)
     SELECT to_timestamp(u.at / 1000), $1, u.pool, u.node, u.cause, u.detail, u.by, u.before, u.after, $2
     FROM unnest($3::float8[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::float8[], $10::float8[])
       AS u (at, pool, node, cause, detail, by, before, after)
     WHERE NOT u.cause = ANY ($11::text[]) OR NOT EXISTS
       (SELECT FROM worker WHERE id < $1 AND heartbeat_at > now() - interval '15 seconds')`,
    [
      workerId,
      revision,
      news.map(({ atMs }) => atMs),
      news.map(({ poolId }) => poolId),
      news.map(({ nodeId }) => nodeId),
      news.map(({ cause }) => cause),
      news.map(({ detail }) => detail.replaceAll("\0", "").slice(0, 200)),
      news.map(({ byNodeId }) => byNodeId),
      news.map(({ shareBefore }) => shareBefore),
      news.map(({ shareAfter }) => shareAfter),
      OF_ALL,
    ],
  );
}

/** Deletes at most `limit` entries from before `beforeMs`. @returns how many there were */
export async function pruneLedger(db: Queryable, beforeMs: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM traffic_ledger WHERE id = ANY (ARRAY(SELECT id FROM traffic_ledger
       WHERE at < to_timestamp($1::float8 / 1000) ORDER BY at LIMIT $2))`,
    [beforeMs, limit],
  );
  return rowCount ?? 0;
}
