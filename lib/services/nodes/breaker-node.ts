import type { Actor } from "#lib/contracts/access.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { EmptyInput, TripInput } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { requireSafe } from "#lib/services/nodes/preflight.ts";
import { changeRuntime, type RuntimeContext } from "#lib/services/nodes/runtime-change.ts";
import { parse } from "#lib/services/parse.ts";
import type { Tx } from "#lib/store/db.ts";

/** How long a breaker tripped by hand stays open unless its operator says otherwise. */
const TRIPPED_MS = 300_000;

/**
 * Opens the breaker of a node in every proxy process, for `forMs` (five minutes unless given); then it makes its trials
 * as after any opening. Again: a new time.
 * @throws {ServiceError} `conflict` where the pool's breaker is turned off, `unsafe-operation` where too little is left to serve, unless `override`
 */
export async function tripBreaker(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "trip-breaker", async (tx, context) => {
    const { forMs = TRIPPED_MS, override } = parse(TripInput, input);
    const { pool, node, now } = context;
    if (!pool.breaker.enabled)
      throw new ServiceError(
        "conflict",
        `The breaker of ${pool.name} is turned off: ${pool.name} / ${node.name} cannot be tripped. Drain it instead.`,
      );
    await requireSafe(tx, context.document, [context], { action: "trip-breaker", override });
    await order(tx, context, "trip", new Date(now.getTime() + forMs));
    return [{ fact: "breaker", from: "closed", to: "open" }];
  });
}

/** Closes the breaker of a node in every proxy process, whatever it has seen. */
export async function resetBreaker(actor: Actor, id: string, input: unknown = {}): Promise<NodeView> {
  return changeRuntime(actor, id, "reset-breaker", async (tx, context) => {
    parse(EmptyInput, input);
    await order(tx, context, "reset", null);
    return [{ fact: "breaker", from: "open", to: "closed" }];
  });
}

async function order(tx: Tx, { node, now, by }: RuntimeContext, action: "trip" | "reset", until: Date | null) {
  const fields = { action, at: now, until, by };
  await tx.nodeBreakerOrder.upsert({
    where: { nodeId: node.id },
    create: { nodeId: node.id, ...fields },
    update: fields,
  });
}
