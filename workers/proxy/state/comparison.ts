// Compares the nodes of a pool with each other every so often, by what this process saw of them since the last time, and
// ejects those that do much worse than the others.
import { findOutliers } from "#lib/core/outliers.ts";
import type { PoolState } from "./pool-state.ts";

export class Comparison {
  readonly #pool: PoolState;
  #comparedMs: number;

  constructor(pool: PoolState, nowMs: number) {
    this.#pool = pool;
    this.#comparedMs = nowMs;
  }

  /** Does so when it is time to. */
  advance(nowMs: number): void {
    const { config, allNodes: nodes } = this.#pool;
    if (nowMs - this.#comparedMs < config.ejection.sweepMs) return;
    this.#comparedMs = nowMs;
    const counts = nodes.map(({ sweep }) => sweep);
    for (const { index, cause } of findOutliers(counts, config.ejection))
      if (nodes[index]?.ejectionGate.outlier(cause, nowMs, this.#pool)) this.#pool.recompute(nowMs);
    for (const count of counts) count.requests = count.failures = 0;
  }
}
