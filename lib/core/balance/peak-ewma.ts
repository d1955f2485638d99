// Peak EWMA as linkerd: of two candidates drawn evenly, the lower peak average × (in flight + 1), here also divided by the
// weight (as Traefik's least time), so that a node in warm-up draws less. The average decays while a node is idle: a slow
// node is tried again by and by and never starves.
import { peakEwmaAt } from "./latency.ts";
import { lessLoadedOfTwo } from "./two-choices.ts";
import type { Candidate, Picker, Random, Skip } from "./types.ts";

const load = (candidate: Candidate, nowMs: number): number =>
  (peakEwmaAt(candidate, nowMs) * (candidate.inFlight + 1)) / candidate.effectiveWeight;

export class PeakEwma<C extends Candidate> implements Picker<C> {
  readonly #random: Random;
  readonly #draw: () => number;
  #members: C[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#draw = () => Math.floor(random() * this.#members.length);
  }

  update(candidates: readonly C[]): void {
    this.#members = candidates.filter((c) => c.effectiveWeight > 0);
  }

  pick(nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    return lessLoadedOfTwo(this.#members, this.#draw, load, nowMs, this.#random, skip);
  }

  loadChanged(): void {}
}
