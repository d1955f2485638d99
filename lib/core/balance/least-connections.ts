// Least connections, weighted: the smallest (in flight + 1) / weight, as HAProxy and NGINX; ties by round robin.
import { LeastScore } from "./least-score.ts";
import type { Candidate, Picker, Skip } from "./types.ts";

export class LeastConnections<C extends Candidate> implements Picker<C> {
  readonly #order = new LeastScore<C>((c, weight) => (c.inFlight + 1) / weight);

  update(candidates: readonly C[]): void {
    this.#order.update(candidates);
  }

  pick(_nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    return this.#order.least(skip);
  }

  loadChanged(candidate: C): void {
    this.#order.loadChanged(candidate);
  }
}
