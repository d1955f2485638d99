import type { Outcome } from "#lib/core/classify.ts";
import { decideRetry, isIdempotent } from "#lib/core/retry.ts";
import type { PoolState } from "../state/pool-state.ts";
import type { Attempt } from "./attempt.ts";
import type { RequestBody } from "./request-body.ts";

/** Retries of one request: how many there were, and whether the pool's settings and budget allow one more. */
export class Retries {
  #made = 0;
  readonly #pool: PoolState;

  constructor(pool: PoolState) {
    this.#pool = pool;
  }

  mayFollow(attempt: Attempt, outcome: Outcome, body: RequestBody, committed: boolean): boolean {
    const { budget, config } = this.#pool;
    const decision = decideRetry({
      outcome,
      idempotent: isIdempotent(attempt.method),
      sentAnything: attempt.sentAnything,
      replayable: body.isReplayable,
      committed,
      retriesMade: this.#made,
      budgetLeft: budget.hasLeft(config.retry, Date.now()),
      retriesRest: config.cooling.retry,
      settings: config.retry,
    });
    return decision.action === "retry";
  }

  /** One follows `failed`. */
  count(failed: Attempt): void {
    this.#made++;
    failed.node.counts.retries++;
    this.#pool.counts.retries++;
    if (failed.sentAnything) this.#pool.budget.recordRetry(Date.now());
  }
}
