// Whether a failed attempt is repeated on another node. Never after commit; a request that is not idempotent only when
// nothing of it was sent (RFC 9110 § 9.2.2). Repeats that were sent keep to a budget, so that a dying pool is not finished
// off by its own retries. Where nothing was sent no node got more load, and the budget is not asked.
import type { HedgeSettings, RetrySettings } from "#lib/contracts/config.ts";
import type { Outcome } from "./classify.ts";
import { RollingWindow } from "./rolling-window.ts";

const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
export const isIdempotent = (method: string): boolean => IDEMPOTENT.has(method);

export interface RetryInput {
  readonly outcome: Outcome;
  readonly idempotent: boolean;
  /** Whether any byte of the request went to the node in this attempt. */
  readonly sentAnything: boolean;
  /** Whether the whole request can be sent again: no part of its body has been let go of. */
  readonly replayable: boolean;
  /** Whether a byte of an answer went to the client. */
  readonly committed: boolean;
  /** Retries made so far: 0 after the first attempt. */
  readonly retriesMade: number;
  readonly budgetLeft: boolean;
  /** Whether a node that asks for rest is a reason to ask another (`cooling.retry`). */
  readonly retriesRest: boolean;
  readonly settings: Pick<RetrySettings, "maxRetries" | "retryStatuses">;
}

export type GiveUpReason =
  | "client-gone"
  | "final-answer"
  | "committed"
  | "not-idempotent"
  | "not-replayable"
  | "retries-spent"
  | "budget-spent";
export type RetryDecision =
  | { readonly action: "retry"; readonly reason: "nothing-sent" | "idempotent" }
  | { readonly action: "give-up"; readonly reason: GiveUpReason };

/** Says what to do after an attempt that has settled, or whose answer's head has come. */
export function decideRetry(input: RetryInput): RetryDecision {
  const { outcome, settings } = input;
  if (outcome.kind === "client-abort") return giveUp("client-gone");
  if (input.committed) return giveUp("committed");
  const isRetried = input.retriesRest && outcome.kind === "resting";
  if (outcome.status !== null && !isRetried && !settings.retryStatuses.includes(outcome.status))
    return giveUp("final-answer");
  if (input.sentAnything && !input.idempotent) return giveUp("not-idempotent");
  if (!input.replayable) return giveUp("not-replayable");
  if (input.retriesMade >= settings.maxRetries) return giveUp("retries-spent");
  if (!input.sentAnything) return { action: "retry", reason: "nothing-sent" };
  return input.budgetLeft ? { action: "retry", reason: "idempotent" } : giveUp("budget-spent");
}

const giveUp = (reason: GiveUpReason): RetryDecision => ({
  action: "give-up",
  reason,
});

const BUDGET_WINDOW_MS = 10_000;

/**
 * Retry budget of one pool in one process, as linkerd's: over ten seconds, `budgetRatio` of the requests and `minRetries`
 * a second. (Envoy's looks at what is active now; a node that dies with half of all requests in flight bursts it.)
 */
export class RetryBudget {
  /** Retries are counted as the window's failures. */
  readonly #window = new RollingWindow(BUDGET_WINDOW_MS);
  readonly #hedges = new RollingWindow(BUDGET_WINDOW_MS);

  /** Whether one more retry may start now. */
  hasLeft({ budgetRatio, minRetries }: Pick<RetrySettings, "budgetRatio" | "minRetries">, nowMs: number): boolean {
    const retries = this.#window.failed(nowMs);
    return retries < budgetRatio * this.#requests(nowMs) + (minRetries * BUDGET_WINDOW_MS) / 1_000;
  }

  /** Whether one more hedge may start now. */
  hasHedgeLeft({ budgetRatio, minHedges }: Pick<HedgeSettings, "budgetRatio" | "minHedges">, nowMs: number): boolean {
    return this.#hedges.total(nowMs) < budgetRatio * this.#requests(nowMs) + (minHedges * BUDGET_WINDOW_MS) / 1_000;
  }

  recordHedge(nowMs: number): void {
    this.#hedges.record(false, nowMs);
  }

  #requests(nowMs: number): number {
    return this.#window.total(nowMs) - this.#window.failed(nowMs);
  }

  recordRequest(nowMs: number): void {
    this.#window.record(false, nowMs);
  }

  /** Only for repeats of what was sent: reason `idempotent`. */
  recordRetry(nowMs: number): void {
    this.#window.record(true, nowMs);
  }
}
