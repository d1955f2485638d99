// Smooth weighted round robin, as nginx's: each candidate is due once every total/weight picks, and over any total-of-
// weights picks each gets exactly its weight. nginx scans all peers per pick; here it is earliest-deadline-first over
// *classes* of equal weight, each a ring, which costs O(log distinct weights) whatever the number of nodes. A class of m
// nodes of weight w has its k-th deadline at (k + phase)/(m·w); random phases keep processes from marching in step.
import { MinHeap } from "./min-heap.ts";
import type { Candidate, Picker, Random, Skip } from "./types.ts";

/** Keeps deadlines small enough for exact comparison of fractions of weights. */
const REBASE_AT = 65_536;
/** Skipped candidates lose their turn (as nginx, where they gain no weight), this many at most in one pick. */
const MAX_LOST_TURNS = 32;

interface WeightClass<C> {
  readonly weight: number;
  readonly ring: C[];
  /** Index in `ring` of whose turn is next. */
  next: number;
  /** Picks per unit of virtual time: nodes × weight. */
  readonly rate: number;
  /** Picks made in the present epoch, plus the phase. */
  turns: number;
}

export class WeightedRoundRobin<C extends Candidate> implements Picker<C> {
  readonly #random: Random;
  #classes: WeightClass<C>[] = [];
  #heap = new MinHeap(0);
  /** Deadline of the latest turn. */
  #virtualTime = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Who stays keeps the place it has in its class, and a class the part of a turn it has waited. */
  update(candidates: readonly C[]): void {
    const before = new Map(this.#classes.map((c, i) => [c.weight, { ring: fromNext(c), turns: this.#waiting(i) }]));
    const rings = new Map<number, Set<C>>();
    for (const candidate of candidates) {
      const { effectiveWeight } = candidate;
      if (effectiveWeight <= 0) continue;
      const ring = rings.get(effectiveWeight);
      if (ring) ring.add(candidate);
      else rings.set(effectiveWeight, new Set([candidate]));
    }
    this.#classes = [...rings].map(([weight, members]) => {
      const old = before.get(weight);
      const stay = old ? old.ring.filter((c) => members.delete(c)) : [];
      const ring = [...stay, ...members];
      const next = old ? 0 : Math.floor(this.#random() * ring.length);
      return { weight, ring, next, rate: ring.length * weight, turns: old ? old.turns : this.#random() };
    });
    this.#virtualTime = 0;
    this.#heap = new MinHeap(this.#classes.length);
    this.#classes.forEach((c, i) => {
      this.#heap.set(i, c.turns / c.rate, i);
    });
  }

  pick(_nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    if (this.#classes.length === 0) return null;
    if (skip === null) return this.#takeTurn();
    for (let lost = 0; lost < MAX_LOST_TURNS; lost++) {
      const candidate = this.#takeTurn();
      if (!skip(candidate)) return candidate;
    }
    return this.#takeAnyTurn(skip);
  }

  loadChanged(): void {}

  #takeTurn(): C {
    const index = this.#heap.top;
    const weightClass = this.#classes[index] as WeightClass<C>;
    const candidate = weightClass.ring[weightClass.next] as C;
    weightClass.next = (weightClass.next + 1) % weightClass.ring.length;
    this.#charge(index, weightClass);
    return candidate;
  }

  #charge(index: number, weightClass: WeightClass<C>): void {
    this.#virtualTime = this.#heap.keyOf(index);
    weightClass.turns += 1;
    this.#heap.set(index, weightClass.turns / weightClass.rate, index);
    if (this.#heap.keyOf(this.#heap.top) >= REBASE_AT) this.#rebase();
  }

  /** Most are skipped: the class that is due first and has someone left, and in it the next who is not skipped. */
  #takeAnyTurn(skip: Skip<C>): C | null {
    const index = this.#heap.find((i) => !(this.#classes[i] as WeightClass<C>).ring.every(skip));
    if (index < 0) return null;
    const weightClass = this.#classes[index] as WeightClass<C>;
    const { ring } = weightClass;
    while (skip(ring[weightClass.next] as C)) weightClass.next = (weightClass.next + 1) % ring.length;
    const candidate = ring[weightClass.next] as C;
    weightClass.next = (weightClass.next + 1) % ring.length;
    this.#charge(index, weightClass);
    return candidate;
  }

  /** Part of a turn until a class is due, 0–1. */
  #waiting(index: number): number {
    return (this.#heap.keyOf(index) - this.#virtualTime) * (this.#classes[index] as WeightClass<C>).rate;
  }

  #rebase(): void {
    this.#virtualTime -= REBASE_AT;
    this.#classes.forEach((c, i) => {
      c.turns -= REBASE_AT * c.rate;
      this.#heap.set(i, c.turns / c.rate, i);
    });
  }
}

const fromNext = <C>({ ring, next }: WeightClass<C>): C[] => [...ring.slice(next), ...ring.slice(0, next)];
