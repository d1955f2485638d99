// Consistent hashing with bounded loads (Mirrokni et al. 2016; HAProxy hash-balance-factor 125): a key goes to its Maglev
// slot's node; if that has more than 1.25 times its part of all in-flight requests, on to the next slots' nodes, which are
// the same for the same key. Needs `loadChanged` to know the total.
import { maglevTable, TABLE_SIZE } from "./maglev.ts";
import type { Candidate, Picker, Skip } from "./types.ts";

export const BOUND_FACTOR = 1.25;
/** Slots walked before the bound is given up for the first node that may be used at all. */
const MAX_WALK = 2_048;

export class ConsistentHash<C extends Candidate> implements Picker<C> {
  #members: C[] = [];
  #table: Int32Array = new Int32Array(0);
  /** In-flight requests of each slot's member as last told, and their sum. */
  #inFlight: Int32Array = new Int32Array(0);
  #weights: Float64Array = new Float64Array(0);
  #totalInFlight = 0;
  #totalWeight = 0;

  update(candidates: readonly C[]): void {
    for (const old of this.#members) old.slot = -1;
    this.#members = candidates.filter((c) => c.effectiveWeight > 0);
    this.#members.forEach((candidate, slot) => {
      candidate.slot = slot;
    });
    this.#table = maglevTable(this.#members);
    this.#inFlight = Int32Array.from(this.#members, (c) => c.inFlight);
    this.#weights = Float64Array.from(this.#members, (c) => c.effectiveWeight);
    this.#totalInFlight = this.#inFlight.reduce((sum, n) => sum + n, 0);
    this.#totalWeight = this.#members.reduce((sum, c) => sum + c.effectiveWeight, 0);
  }

  pick(_nowMs: number, hash: number, skip: Skip<C> | null): C | null {
    if (this.#members.length === 0) return null;
    let fallback: C | null = null;
    for (let step = 0; step < MAX_WALK; step++) {
      const slot = this.#table[(hash + step) % TABLE_SIZE] as number;
      const candidate = this.#members[slot] as C;
      if (skip?.(candidate)) continue;
      if ((this.#inFlight[slot] as number) + 1 <= this.#bound(slot)) return candidate;
      fallback ??= candidate;
    }
    return fallback ?? this.#anyFrom(hash, skip);
  }

  loadChanged(candidate: C): void {
    const { slot } = candidate;
    if (slot < 0 || this.#members[slot] !== candidate) return;
    this.#totalInFlight += candidate.inFlight - (this.#inFlight[slot] as number);
    this.#inFlight[slot] = candidate.inFlight;
  }

  #bound(slot: number): number {
    return Math.ceil((BOUND_FACTOR * (this.#totalInFlight + 1) * (this.#weights[slot] as number)) / this.#totalWeight);
  }

  #anyFrom(hash: number, skip: Skip<C> | null): C | null {
    for (let i = 0; i < this.#members.length; i++) {
      const candidate = this.#members[(hash + i) % this.#members.length] as C;
      if (!skip?.(candidate)) return candidate;
    }
    return null;
  }
}
