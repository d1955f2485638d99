// Random two choices as HAProxy's `random(2)`: both drawn in proportion to weight, then the lower in flight / weight;
// a tie keeps the first draw, so that an idle pool is shared by weight.
import { aliasTable } from "./alias-table.ts";
import { lessLoadedOfTwo, seat } from "./two-choices.ts";
import type { Candidate, Picker, Random, Skip } from "./types.ts";

export class RandomTwoChoices<C extends Candidate> implements Picker<C> {
  readonly #random: Random;
  #members: C[] = [];
  /** In flight / weight, per slot. */
  #loads = new Float64Array(0);
  #draw: () => number;
  readonly #load = (slot: number) => this.#loads[slot] as number;

  constructor(random: Random) {
    this.#random = random;
    this.#draw = aliasTable([], random);
  }

  update(candidates: readonly C[]): void {
    this.#members = seat(this.#members, candidates);
    this.#loads = Float64Array.from(this.#members, (c) => c.inFlight / c.effectiveWeight);
    this.#draw = aliasTable(
      this.#members.map((c) => c.effectiveWeight),
      this.#random,
    );
  }

  pick(nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    return lessLoadedOfTwo(this.#members, this.#draw, this.#load, nowMs, this.#random, skip);
  }

  loadChanged(candidate: C): void {
    const { slot } = candidate;
    if (this.#members[slot] === candidate) this.#loads[slot] = candidate.inFlight / candidate.effectiveWeight;
  }
}
