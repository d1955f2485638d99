// A runtime operation on many nodes in one call. What it does to the pools is judged once, for all of them together; then each
// node is an operation of its own, with its own history and audit, so that one that fails undoes none of the others.
import type { Actor } from "#lib/contracts/access.ts";
import {
  type NodeOperationResult,
  type NodeOperationResults,
  NodeOperationsInput,
  REMOVALS,
  type Removal,
} from "#lib/contracts/node-operations.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { reaches, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode } from "#lib/services/head.ts";
import { resetBreaker, tripBreaker } from "#lib/services/nodes/breaker-node.ts";
import { drainNode } from "#lib/services/nodes/drain-node.ts";
import { maintainNode } from "#lib/services/nodes/maintenance-node.ts";
import { requireSafe } from "#lib/services/nodes/preflight.ts";
import { readyNode } from "#lib/services/nodes/ready-node.ts";
import { skipWarmUp, warmUpNode } from "#lib/services/nodes/warm-up-node.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";

const OPERATIONS = {
  drain: drainNode,
  maintenance: maintainNode,
  "trip-breaker": tripBreaker,
  ready: readyNode,
  "warm-up": warmUpNode,
  "skip-warm-up": skipWarmUp,
  "reset-breaker": resetBreaker,
} as const satisfies Record<
  NodeOperationsInput["action"],
  (actor: Actor, id: string, input: unknown) => Promise<NodeView>
>;

const isRemoval = (action: string): action is Removal => REMOVALS.some((one) => one === action);

/**
 * Carries out one operation on each of the nodes, in the given order, and tells what came of each.
 * @throws {ServiceError} `unsafe-operation` before anything is done, unless `override`; `forbidden`
 */
export async function operateNodes(actor: Actor, input: unknown): Promise<NodeOperationResults> {
  requireRole(actor, "operator");
  const { action, nodeIds, ...settings } = parse(NodeOperationsInput, input);
  if (isRemoval(action)) await requireAllSafe(actor, action, nodeIds, "override" in settings && settings.override);
  // Together they were found safe, or overridden: one by one they are not judged again.
  const each = isRemoval(action) ? { ...settings, override: true } : settings;
  const results: NodeOperationResult[] = [];
  for (const nodeId of new Set(nodeIds)) results.push(await operate(actor, action, nodeId, each));
  const done = results.filter(({ ok }) => ok).length;
  return { results, done, failed: results.length - done };
}

async function requireAllSafe(actor: Actor, action: Removal, nodeIds: readonly string[], override: boolean) {
  const { document } = await currentHead();
  const known = new Map(document.pools.flatMap(({ nodes }) => nodes.map(({ id }) => [id, true])));
  // Those that are gone, or not the actor's, fail by themselves.
  const chosen = nodeIds.filter((id) => known.has(id)).map((id) => findNode(document, id));
  const own = chosen.filter(({ pool }) => reaches(actor, pool.id));
  await db().$transaction((tx) => requireSafe(tx, document, own, { action, override }));
}

async function operate(
  actor: Actor,
  action: NodeOperationsInput["action"],
  nodeId: string,
  input: object,
): Promise<NodeOperationResult> {
  try {
    return { ok: true, nodeId, node: await OPERATIONS[action](actor, nodeId, input) };
  } catch (error) {
    // What failed by a fault of ours fails the call: nothing is known of the rest.
    if (!(error instanceof ServiceError) || error.status >= 500) throw error;
    return { ok: false, nodeId, code: error.code, detail: error.message };
  }
}
