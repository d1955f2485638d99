// Shared by the pickers that take the candidate with the lowest score: an indexed heap kept in step with every change of
// load, so that a pick is exact for 10 nodes and for 10,000, without a scan and without sampling. Ties go to whoever was
// picked longest ago, which is round robin among equals (HAProxy's leastconn).
import { MinHeap } from "./min-heap.ts";
import type { Candidate, Skip } from "./types.ts";

export class LeastScore<C extends Candidate> {
  readonly #score: (candidate: C, weight: number) => number;
  #members: C[] = [];
  /** Per slot: in a table they are in the processor's cache, in the objects of thousands of candidates seldom. */
  #weights = new Float64Array(0);
  #heap = new MinHeap(0);
  #picks = 0;

  /** `score` is read after every change of a candidate; lower is better. */
  constructor(score: (candidate: C, weight: number) => number) {
    this.#score = score;
  }

  get members(): readonly C[] {
    return this.#members;
  }

  update(candidates: readonly C[]): void {
    const ties = new Map(this.#members.map((c) => [c, this.#heap.tieOf(c.slot)]));
    for (const old of this.#members) old.slot = -1;
    this.#members = candidates.filter((c) => c.effectiveWeight > 0);
    this.#weights = Float64Array.from(this.#members, (c) => c.effectiveWeight);
    this.#heap = new MinHeap(this.#members.length);
    this.#members.forEach((candidate, slot) => {
      candidate.slot = slot;
      this.#heap.set(slot, this.#score(candidate, candidate.effectiveWeight), ties.get(candidate) ?? this.#picks);
    });
  }

  /** The candidate with the lowest score that `skip` lets pass; null when there is none. */
  least(skip: Skip<C> | null): C | null {
    let slot = this.#heap.top;
    if (slot >= 0 && skip?.(this.#members[slot] as C)) {
      slot = this.#heap.find((item) => !skip(this.#members[item] as C));
    }
    if (slot < 0) return null;
    this.#picks += 1;
    this.#heap.set(slot, this.#heap.keyOf(slot), this.#picks);
    return this.#members[slot] as C;
  }

  loadChanged(candidate: C): void {
    const { slot } = candidate;
    if (slot < 0 || this.#members[slot] !== candidate) return;
    this.#heap.set(slot, this.#score(candidate, this.#weights[slot] as number), this.#heap.tieOf(slot));
  }
}
