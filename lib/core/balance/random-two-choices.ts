// Random two choices as HAProxy's `random(2)`: both drawn in proportion to weight, then the lower in flight / weight;
// a tie keeps the first draw, so that an idle pool is shared by weight.
import { aliasTable } from "./alias-table.ts";
import { lessLoadedOfTwo } from "./two-choices.ts";
import type { Candidate, Picker, Random, Skip } from "./types.ts";

const load = (candidate: Candidate): number => candidate.inFlight / candidate.effectiveWeight;

export class RandomTwoChoices<C extends Candidate> implements Picker<C> {
  readonly #random: Random;
  #members: C[] = [];
  #draw: () => number;

  constructor(random: Random) {
    this.#random = random;
    this.#draw = aliasTable([], random);
  }

  update(candidates: readonly C[]): void {
    this.#members = candidates.filter((c) => c.effectiveWeight > 0);
    this.#draw = aliasTable(
      this.#members.map((c) => c.effectiveWeight),
      this.#random,
    );
  }

  pick(nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    return lessLoadedOfTwo(this.#members, this.#draw, load, nowMs, this.#random, skip);
  }

  loadChanged(): void {}
}
