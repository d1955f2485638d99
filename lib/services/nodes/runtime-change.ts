// What the runtime operations on a node share: immediate, audited, pushed to the workers, in no revision.
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { ConfigDocument, ConfigNode } from "#lib/contracts/config.ts";
import type { RuntimeAction } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { quotaSpan } from "#lib/core/quota.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode, notFound } from "#lib/services/head.ts";
import { type NodeOfPool, nodeViews } from "#lib/services/views.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { NodeAdminState, NodeBreakerOrder, NodeWarmUp } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";

/** What of a node is the operator's; null: never set. */
export type OperatorFacts = {
  admin: NodeAdminState | null;
  warmUp: NodeWarmUp | null;
  breakerOrder: NodeBreakerOrder | null;
  /** What is used of its quota in the present span; null: it has none. */
  quotaUsed: number | null;
};
export type RuntimeContext = NodeOfPool & { document: ConfigDocument; now: Date; by: string; before: OperatorFacts };
/** What changed, for the node's history. */
export type Flip = { fact: "admin" | "warm-up" | "breaker"; from: string; to: string };

/** Who is named as the observer of a fact that nobody observed but a person decided. */
const OPERATOR = "operator";

/**
 * Carries out `change` on node `id` under a lock, with its history and audit in the same transaction.
 * @returns the node as it is afterwards.
 * @throws {ServiceError} `forbidden`, `not-found`, or what `change` throws
 */
export async function changeRuntime(
  actor: Actor,
  id: string,
  action: RuntimeAction,
  change: (tx: Tx, context: RuntimeContext) => Promise<Flip[]>,
): Promise<NodeView> {
  requireRole(actor, "operator");
  const { document } = await currentHead();
  const found = findNode(document, id);
  authoriseInPool(actor, "operator", found.pool.id);
  await db().$transaction(async (tx) => {
    // Two operators, or an operator and a publish that removes the node, take turns.
    const locked = await tx.$queryRaw<unknown[]>`SELECT 1 FROM node WHERE id = ${id}::uuid FOR UPDATE`;
    if (locked.length === 0) throw notFound("node", id);
    const now = new Date();
    const before = await readOperatorFacts(tx, found.node, now);
    const flips = await change(tx, { ...found, document, now, by: actor.name, before });
    await tx.healthEvent.createMany({
      data: flips.map((flip) => ({ at: now, nodeId: id, workerId: OPERATOR, ...flip, reason: `by ${actor.name}` })),
    });
    await writeAudit(tx, actor, [
      {
        action: `node.${action}`,
        targetKind: "node",
        targetId: id,
        poolId: found.pool.id,
        targetName: `${found.pool.name} / ${found.node.name}`,
        before: tell(before),
        after: tell(await readOperatorFacts(tx, found.node, now)),
      },
    ]);
    await notify(tx, CHANNELS.runtime, id);
  });
  const [view] = await nodeViews([found]);
  return view as NodeView;
}

/** Sets the admin state; the time it began stays when it is the same state again. */
export async function setAdminState(
  tx: Tx,
  { node, now, by, before }: RuntimeContext,
  state: "ready" | "drain" | "maintenance",
  drain: { deadlineAt: Date; keepSessions: boolean } | null,
): Promise<Flip[]> {
  const from = before.admin?.state ?? "ready";
  const since = before.admin && from === state ? before.admin.since : now;
  const fields = {
    state,
    since,
    by,
    deadlineAt: drain?.deadlineAt ?? null,
    keepSessions: drain?.keepSessions ?? false,
  };
  await tx.nodeAdminState.upsert({
    where: { nodeId: node.id },
    create: { nodeId: node.id, ...fields },
    update: fields,
  });
  return from === state ? [] : [{ fact: "admin", from, to: state }];
}

/** Ends a ramp: a node that takes no requests does not warm up. */
export async function endWarmUp(tx: Tx, { node, before }: RuntimeContext): Promise<Flip[]> {
  if (!before.warmUp) return [];
  await tx.nodeWarmUp.deleteMany({ where: { nodeId: node.id } });
  return [{ fact: "warm-up", from: "warming-up", to: "none" }];
}

async function readOperatorFacts(tx: Tx, { id: nodeId, quota }: ConfigNode, now: Date): Promise<OperatorFacts> {
  const where = { nodeId };
  const span = quota && quotaSpan(quota.per, now.getTime());
  const use = span && {
    nodeId_startedAt_endsAt: { nodeId, startedAt: new Date(span.startMs), endsAt: new Date(span.endMs) },
  };
  return {
    quotaUsed: use && Number((await tx.nodeQuota.findUnique({ where: use }))?.used ?? 0),
    admin: await tx.nodeAdminState.findUnique({ where }),
    warmUp: await tx.nodeWarmUp.findUnique({ where }),
    breakerOrder: await tx.nodeBreakerOrder.findUnique({ where }),
  };
}

const tell = ({ admin, warmUp, breakerOrder, quotaUsed }: OperatorFacts) => ({
  ...(quotaUsed !== null && { quotaUsed }),
  admin: admin?.state ?? "ready",
  deadlineAt: admin?.deadlineAt?.toISOString() ?? null,
  keepSessions: admin?.keepSessions ?? false,
  warmUpStartedAt: warmUp?.startedAt.toISOString() ?? null,
  breakerOrder: breakerOrder?.action ?? null,
  breakerOrderedAt: breakerOrder?.at.toISOString() ?? null,
  breakerOpenUntil: breakerOrder?.until?.toISOString() ?? null,
});
