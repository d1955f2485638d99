import type { Actor } from "#lib/contracts/access.ts";
import { NodeChecks } from "#lib/contracts/runtime.ts";
import type { NodeChecksView } from "#lib/contracts/views.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode } from "#lib/services/head.ts";
import { db } from "#lib/store/db.ts";
import { readLiveWorkers } from "#lib/store/workers.ts";

/** What each live worker's checks of a node found last, level by level. */
export async function listNodeChecks(actor: Actor, nodeId: string): Promise<NodeChecksView[]> {
  requireRole(actor, "viewer");
  const { pool } = findNode((await currentHead()).document, nodeId);
  authoriseInPool(actor, "viewer", pool.id);
  const workerId = { in: [...(await readLiveWorkers(db()))] };
  const rows = await db().nodeHealth.findMany({ where: { nodeId, workerId }, orderBy: { workerId: "asc" } });
  return rows.map((row) => ({
    ...NodeChecks.parse(row.checks),
    workerId: row.workerId,
    checkedMs: row.lastCheckAt?.getTime() ?? null,
  }));
}
