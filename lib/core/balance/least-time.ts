// Least time: the smallest average × (in flight + 1) / weight (Traefik; the average 0.95/0.05 of nginx `least_time`).
// A node without an average is tried first. Such an average never ages: one time-out would banish a node for good. So
// one pick in 200 goes to a node that got none for 10 s, if there is one, which re-measures it.
import { LeastScore } from "./least-score.ts";
import type { Candidate, Picker, Skip } from "./types.ts";

export const EXPLORE_EVERY = 200;
export const STALE_AFTER_MS = 10_000;
/** Stands for "not measured": lower than any real average, yet growing with in-flight requests so that load spreads. */
const UNMEASURED_MS = 1e-6;

export class LeastTime<C extends Candidate> implements Picker<C> {
  readonly #order = new LeastScore<C>(
    (c, weight) => ((c.averageMs > 0 ? c.averageMs : UNMEASURED_MS) * (c.inFlight + 1)) / weight,
  );
  /** When each member was last picked, by slot. */
  #pickedMs = new Float64Array(0);
  #untilExplore = EXPLORE_EVERY;
  #cursor = 0;

  update(candidates: readonly C[]): void {
    const known = new Map(this.#order.members.map((c) => [c, this.#pickedMs[c.slot] as number]));
    this.#order.update(candidates);
    this.#pickedMs = Float64Array.from(this.#order.members, (c) => known.get(c) ?? 0);
  }

  pick(nowMs: number, _hash: number, skip: Skip<C> | null): C | null {
    this.#untilExplore -= 1;
    const candidate = (this.#untilExplore < 0 ? this.#stale(nowMs, skip) : null) ?? this.#order.least(skip);
    if (candidate) this.#pickedMs[candidate.slot] = nowMs;
    return candidate;
  }

  loadChanged(candidate: C): void {
    this.#order.loadChanged(candidate);
  }

  /** Looks at one member per pick until a stale one is found, so that looking stays O(1). */
  #stale(nowMs: number, skip: Skip<C> | null): C | null {
    const { members } = this.#order;
    if (members.length < 2) return null;
    this.#cursor = (this.#cursor + 1) % members.length;
    const candidate = members[this.#cursor] as C;
    const fresh = nowMs - (this.#pickedMs[this.#cursor] as number) < STALE_AFTER_MS;
    if (fresh || candidate.inFlight > 0 || skip?.(candidate)) return null;
    this.#untilExplore = EXPLORE_EVERY;
    return candidate;
  }
}
