import type { Actor } from "#lib/contracts/access.ts";
import { LEDGER_CAUSES, type LedgerEntry, LedgerQuery } from "#lib/contracts/ledger.ts";
import { requireRole } from "#lib/services/access.ts";
import { currentHead } from "#lib/services/head.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";

/** Shifts of nodes' shares with their causes, newest first; of the pools that the actor reaches. */
export async function listLedger(actor: Actor, query: unknown): Promise<Page<LedgerEntry>> {
  requireRole(actor, "viewer");
  const { limit, cursor, poolId, nodeId, cause, from, to } = parse(LedgerQuery, query);
  const before = readCursor(cursor);
  const [rows, head] = await Promise.all([
    db().trafficLedger.findMany({
      where: {
        AND: [
          actor.poolIds === undefined ? {} : { poolId: { in: actor.poolIds } },
          poolId === undefined ? {} : { poolId },
          nodeId === undefined ? {} : { nodeId },
          cause === undefined ? {} : { cause },
          before === undefined ? {} : { id: { lt: before } },
          from === undefined ? {} : { at: { gte: new Date(from) } },
          to === undefined ? {} : { at: { lt: new Date(to) } },
        ],
      },
      orderBy: { id: "desc" },
      take: limit + 1,
    }),
    currentHead(),
  ]);
  const names = new Map(head.document.pools.flatMap((pool) => pool.nodes.map(({ id, name }) => [id, name] as const)));
  const items = rows.map(
    (row): LedgerEntry => ({
      ...row,
      id: String(row.id),
      at: row.at.toISOString(),
      cause: LEDGER_CAUSES.find((known) => known === row.cause) ?? "unknown",
      nodeName: names.get(row.nodeId) ?? null,
      byNodeName: row.byNodeId === null ? null : (names.get(row.byNodeId) ?? null),
    }),
  );
  return pageAfter(items, limit, ({ id }) => id);
}
