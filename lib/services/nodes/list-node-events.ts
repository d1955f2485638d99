import type { Actor } from "#lib/contracts/access.ts";
import { Id, PageQuery } from "#lib/contracts/common.ts";
import type { HealthEvent } from "#lib/contracts/runtime.ts";
import { authorise } from "#lib/services/access.ts";
import { currentHead, findNode, notFound } from "#lib/services/head.ts";
import { type Page, pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";

/** What happened to a node, newest first; also of one that is no longer configured, as long as its history is kept. */
export async function listNodeEvents(actor: Actor, nodeId: string, query: unknown): Promise<Page<HealthEvent>> {
  authorise(actor, "viewer");
  if (!Id.safeParse(nodeId).success) throw notFound("node", nodeId);
  const { limit, cursor } = parse(PageQuery, query);
  const before = readCursor(cursor);
  const rows = await db().healthEvent.findMany({
    where: { nodeId, ...(before !== undefined && { id: { lt: before } }) },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  if (rows.length === 0) findNode((await currentHead()).document, nodeId);
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
