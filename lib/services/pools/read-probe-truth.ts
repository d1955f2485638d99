import type { Actor } from "#lib/contracts/access.ts";
import { ProbeTruthQuery, type ProbeTruthView } from "#lib/contracts/probe-truth.ts";
import { DAY_MS, nodeProbeTruth } from "#lib/core/probe-truth/truth.ts";
import { authoriseInPool } from "#lib/services/access.ts";
import { currentHead, findPool, notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";
import { readNodeDays } from "#lib/store/probe-truth.ts";

/**
 * How well the probes of a pool's nodes agreed with real traffic over the last day, as the minutes tell that are rolled up.
 * @param query `nodeId`: of that node only
 * @throws {ServiceError} `not-found`, also for a node of another pool
 */
export async function readProbeTruth(
  actor: Actor,
  poolId: string,
  query: unknown,
  nowMs = Date.now(),
): Promise<ProbeTruthView> {
  authoriseInPool(actor, "viewer", poolId);
  const { nodeId } = parse(ProbeTruthQuery, query);
  const pool = findPool((await currentHead()).document, poolId);
  const nodeIds = pool.nodes.map(({ id }) => id).filter((id) => nodeId === undefined || id === nodeId);
  if (nodeId !== undefined && nodeIds.length === 0) throw notFound("node", nodeId);
  const window = { fromMs: nowMs - DAY_MS, toMs: nowMs };
  const days = await readNodeDays(db(), poolId, nodeIds, window);
  return {
    poolId,
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    items: days.map((day) => nodeProbeTruth(day, pool, window)),
  };
}
