// Peak EWMA as linkerd: of two candidates drawn evenly, the lower peak average × (in flight + 1), here also divided by the
// weight (as Traefik's least time), so that a node in warm-up draws less. The average decays while a node is idle: a slow
// node is tried again by and by and never starves.
import { DECAY_MS } from "./latency.ts";
import { lessLoadedOfTwo, seat } from "./two-choices.ts";
import type { Candidate, Picker, Random, Skip } from "./types.ts";

/** Per slot: (in flight + 1) / weight; the average as last written, and when that was. */
const FIELDS = 4;

export class PeakEwma<C extends Candidate> implements Picker<C> {
  readonly #random: Random;
  readonly #draw: () => number;
  readonly #load = (slot: number, nowMs: number) => this.#loadAt(slot, nowMs);
  #members: C[] = [];
  #table = new Float64Array(0);

  constructor(random: Random) {
    this.#random = random;
    this.#draw = () => Math.floor(random() * this.#members.length);
  }

  update(candidates: readonly C[]): void {
    this.#members = seat(this.#members, candidates);
    this.#table = new Float64Array(FIELDS * this.#members.length);
    for (const member of this.#members) this.#write(member);
  }

  pick(nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    return lessLoadedOfTwo(this.#members, this.#draw, this.#load, nowMs, this.#random, skip);
  }

  loadChanged(candidate: C): void {
    if (this.#members[candidate.slot] === candidate) this.#write(candidate);
  }

  #write({ slot, inFlight, effectiveWeight, peakEwmaMs, peakEwmaAtMs }: C): void {
    const at = FIELDS * slot;
    this.#table[at] = (inFlight + 1) / effectiveWeight;
    this.#table[at + 1] = peakEwmaMs;
    this.#table[at + 2] = peakEwmaAtMs;
  }

  #loadAt(slot: number, nowMs: number): number {
    const at = FIELDS * slot;
    const factor = this.#table[at] as number;
    const averageMs = this.#table[at + 1] as number;
    const idleMs = nowMs - (this.#table[at + 2] as number);
    // As `peakEwmaAt`.
    return factor * (idleMs > 0 ? averageMs * Math.exp(-idleMs / DECAY_MS) : averageMs);
  }
}
