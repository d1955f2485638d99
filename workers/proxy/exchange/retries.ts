import type { Outcome } from "#lib/core/classify.ts";
import { decideRetry, isIdempotent } from "#lib/core/retry.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { Flow } from "../state/flows.ts";
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

  /** Whether a better answer is worth asking another node for. @param hasCopy one is asked already: no leave is needed */
  mayBetter(attempt: Attempt, { status }: ResponseHead, body: RequestBody, hasCopy: boolean): boolean {
    const { outcome } = attempt;
    if (!this.#pool.config.retry.retryStatuses.includes(status) && outcome.kind !== "resting") return false;
    return hasCopy || this.mayFollow(attempt, outcome, body, false);
  }

  /** One follows `failed`, of the request that counts in `flow`. */
  count(failed: Attempt, flow: Flow): void {
    this.#made++;
    failed.node.counts.retries++;
    flow.retries++;
    if (failed.sentAnything) this.#pool.budget.recordRetry(Date.now());
  }
}
