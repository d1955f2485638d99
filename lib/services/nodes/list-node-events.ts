import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { type HealthEvent, HealthEventQuery } from "#lib/contracts/runtime.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode, notFound } from "#lib/services/head.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";

/** What happened to a node, newest first; also of one that is no longer configured, as long as its history is kept. */
export async function listNodeEvents(actor: Actor, nodeId: string, query: unknown): Promise<Page<HealthEvent>> {
  requireRole(actor, "viewer");
  if (!Id.safeParse(nodeId).success) throw notFound("node", nodeId);
  // Of which pool a node was that is gone, nobody knows: who is limited to some pools reads of those that are there.
  if (actor.poolIds !== undefined)
    authoriseInPool(actor, "viewer", findNode((await currentHead()).document, nodeId).pool.id);
  const { limit, cursor, from, to } = parse(HealthEventQuery, query);
  const before = readCursor(cursor);
  const rows = await db().healthEvent.findMany({
    where: {
      nodeId,
      ...(before !== undefined && { id: { lt: before } }),
      at: { ...(from !== undefined && { gte: new Date(from) }), ...(to !== undefined && { lt: new Date(to) }) },
    },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  if (rows.length === 0 && from === undefined && to === undefined) findNode((await currentHead()).document, nodeId);
  const items = rows.map((row) => ({
    id: String(row.id),
    nodeId: row.nodeId,
    workerId: row.workerId,
    at: row.at.toISOString(),
    fact: row.fact as HealthEvent["fact"],
    from: row.from,
    to: row.to,
    reason: row.reason,
  }));
  return pageAfter(items, limit, (event) => event.id);
}
