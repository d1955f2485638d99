// Picks among tiers: each has a picker of its own, and tiers take turns by their shares as nodes do in smooth weighted round
// robin. Consistent hashing chooses the tier by the key, too: else every key would move to and fro as load spills. A tier
// whose nodes are all passed over leaves the request to the next one. With one tier, as most pools have, a pick costs what its
// picker costs.
import type { Algorithm } from "#lib/contracts/config.ts";
import { createPicker } from "./create.ts";
import type { Tier } from "./tiers.ts";
import type { Candidate, Picker, Random, Skip } from "./types.ts";

interface Place<C extends Candidate> {
  readonly key: string;
  readonly share: number;
  readonly picker: Picker<C>;
  readonly candidates: readonly C[];
  /** Turns it is owed. */
  credit: number;
}

/** Of a later bit of the hash than pickers look at, so that a tier gets its part of every slot of a hash's table. */
const part = (hash: number): number => (Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0) / 4_294_967_296;

export class TieredPicker<C extends Candidate> {
  readonly #algorithm: Algorithm;
  readonly #random: Random;
  #places: readonly Place<C>[] = [];
  /** Of the first place. */
  #first: Picker<C>;
  /** The other places; null: there are none. */
  #others: readonly Place<C>[] | null = null;
  /** Those with a share, where there are several. */
  #split: readonly Place<C>[] | null = null;

  constructor(algorithm: Algorithm, random: Random) {
    this.#algorithm = algorithm;
    this.#random = random;
    this.#first = createPicker<C>(algorithm, random);
  }

  /**
   * @param tiers those with a share first; without any, nobody is picked
   * @param candidatesOf those of each tier, whose `effectiveWeight` is set
   */
  update(tiers: readonly Pick<Tier, "key" | "share">[], candidatesOf: readonly (readonly C[])[]): void {
    const before = new Map(this.#places.map((place) => [place.key, place]));
    const moves = tiers.length > 1 || before.size > 1;
    const places = tiers.map(({ key, share }, i): Place<C> => {
      const candidates = candidatesOf[i] ?? [];
      const old = before.get(key);
      before.delete(key);
      if (old === undefined) return { key, share, candidates, credit: 0, picker: this.#newPicker() };
      // Who goes to another tier leaves this one first: a candidate has one slot.
      if (moves) dismiss(old, candidates);
      return { ...old, share, candidates, credit: old.share > 0 ? old.credit : 0 };
    });
    for (const gone of before.values()) gone.picker.update([]);
    for (const { picker, candidates } of places) picker.update(candidates);
    this.#places = places;
    this.#first = places[0]?.picker ?? this.#newPicker();
    this.#others = places.length > 1 ? places.slice(1) : null;
    const serving = places.filter(({ share }) => share > 0);
    this.#split = serving.length > 1 ? serving : null;
  }

  #newPicker(): Picker<C> {
    return createPicker<C>(this.#algorithm, this.#random);
  }

  /** As `Picker.pick`. */
  pick(nowMs: number, hash: number, skip: Skip<C> | null): C | null {
    return this.#split === null ? this.#first.pick(nowMs, hash, skip) : this.#pickSplit(this.#split, nowMs, hash, skip);
  }

  #pickSplit(serving: readonly Place<C>[], nowMs: number, hash: number, skip: Skip<C> | null): C | null {
    const due = this.#algorithm === "consistent-hash" ? tierOf(serving, hash) : nextTier(serving);
    return due.picker.pick(nowMs, hash, skip) ?? pickFrom(serving, due, nowMs, hash, skip);
  }

  /** Of the tiers without a share: for a request that those with one have failed. */
  pickReserve(nowMs: number, hash: number, skip: Skip<C>): C | null {
    if (this.#others === null) return null;
    return pickFrom(
      this.#others.filter(({ share }) => share === 0),
      null,
      nowMs,
      hash,
      skip,
    );
  }

  /** As `Picker.loadChanged`. */
  loadChanged(candidate: C): void {
    this.#first.loadChanged(candidate);
    if (this.#others !== null) for (const { picker } of this.#others) picker.loadChanged(candidate);
  }
}

function dismiss<C extends Candidate>({ picker, candidates }: Place<C>, now: readonly C[]): void {
  const kept = new Set(now);
  const staying = candidates.filter((candidate) => kept.has(candidate));
  if (staying.length < candidates.length) picker.update(staying);
}

/** Smooth weighted round robin over a handful. */
function nextTier<C extends Candidate>(serving: readonly Place<C>[]): Place<C> {
  let due = serving[0] as Place<C>;
  for (const place of serving) {
    place.credit += place.share;
    if (place.credit > due.credit) due = place;
  }
  due.credit -= 1;
  return due;
}

function tierOf<C extends Candidate>(serving: readonly Place<C>[], hash: number): Place<C> {
  let left = part(hash);
  for (const place of serving) {
    left -= place.share;
    if (left < 0) return place;
  }
  return serving[0] as Place<C>;
}

function pickFrom<C extends Candidate>(
  places: readonly Place<C>[],
  but: Place<C> | null,
  nowMs: number,
  hash: number,
  skip: Skip<C> | null,
): C | null {
  for (const place of places) {
    const candidate = place === but ? null : place.picker.pick(nowMs, hash, skip);
    if (candidate !== null) return candidate;
  }
  return null;
}
