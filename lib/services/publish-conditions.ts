import type { Actor } from "#lib/contracts/access.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { poolOfOperation } from "#lib/core/config/pool-of-operation.ts";
import { authorise, authoriseInPool } from "#lib/services/access.ts";

/** @throws {ServiceError} `out-of-scope` when one of `operations` is not within a pool that the actor is limited to */
export function requireReach(actor: Actor, operations: readonly ConfigOperation[], document: ConfigDocument): void {
  if (actor.poolIds === undefined) return;
  for (const operation of operations) {
    const poolId = poolOfOperation(operation, document);
    if (poolId === null) authorise(actor, "publisher");
    else authoriseInPool(actor, "publisher", poolId);
  }
}

/** @throws {ServiceError} `stale-revision` when the caller has seen another one than that in force */
export function requireInForce(seen: number | undefined, head: number): void {
  if (seen === undefined || seen === head) return;
  throw new ServiceError(
    "stale-revision",
    `Revision ${seen} is not in force any more; revision ${head} is. Read it, and decide again.`,
  );
}
