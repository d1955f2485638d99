// Slots of one node, which several processes hold for as long as they use them. Only this pot raises what a process holds, and
// only the process lowers it: so however messages cross, no more are out than there are. Who needs more than is free makes
// the others tell: each may keep its fair share as far as it needs it, and gives the rest back.
import { fairShares } from "./fair-share.ts";

export interface SlotAsk {
  /** Slots that it has requests for, those that it holds included: others must give up idle ones for them. */
  need: number;
  /** Slots that it would like to hold: for them nobody gives up anything. */
  want: number;
  /** Slots that it gives back. */
  back: number;
  /** What it holds, in its first word to this pot. */
  holds?: number | undefined;
}

export interface SlotNews {
  granted: number;
  /** Others need slots: what it may keep as long as it needs it, the rest being due as it comes free; null: nobody does. */
  keep: number | null;
}

interface Holder {
  held: number;
  need: number;
  want: number;
  keep: number | null;
  /** Rises with each grant: the lowest has waited for longest. */
  turn: number;
}

export class SlotPot<P> {
  #limit = 0;
  #out = 0;
  #turn = 0;
  #isShort = false;
  #roundFrom = 0;
  readonly #holders = new Map<P, Holder>();

  /** Nobody holds or needs any. */
  get isIdle(): boolean {
    return this.#holders.size === 0;
  }
  /** Somebody needs more than there is: a new round is due every so often. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Whoever got a slot before now has had its turn, once others have none. `settle` then says what follows. */
  startRound(): void {
    this.#roundFrom = this.#turn;
  }
  /** Slots that are out. */
  get out(): number {
    return this.#out;
  }

  /** What `process` was told last that it may keep. */
  keepOf(process: P): number | null {
    return this.#holders.get(process)?.keep ?? null;
  }

  /** Takes in what a process says. `settle` then says what follows. @param limit slots that there are; undefined: as before */
  hear(process: P, limit: number | undefined, { need, want, back, holds }: SlotAsk): void {
    this.#limit = limit ?? this.#limit;
    const known = this.#holders.get(process);
    const holder = known ?? { held: 0, need: 0, want: 0, keep: null, turn: this.#turn };
    const held = Math.max(0, (holds ?? holder.held) - back);
    this.#out += held - holder.held;
    Object.assign(holder, { held, need, want });
    if (known === undefined) this.#holders.set(process, holder);
  }

  /** The process is gone, and its connections with it. */
  gone(process: P): void {
    this.#out -= this.#holders.get(process)?.held ?? 0;
    this.#holders.delete(process);
  }

  /** Gives out what can be given. @returns whom that concerns */
  settle(): Map<P, SlotNews> {
    const news = new Map<P, SlotNews>();
    const entries = [...this.#holders];
    const holders = entries.map(([, holder]) => holder);
    const entitled = this.#fair(
      this.#limit,
      holders.map(({ held, need }) => Math.max(held, Math.min(need, this.#limit))),
      holders,
    );
    const granted = this.#grant(holders, entitled);
    this.#isShort = this.#out > this.#limit || holders.some(({ held, need }) => Math.min(need, this.#limit) > held);
    for (const [i, [process, holder]] of entries.entries()) {
      const keep = this.#isShort ? (entitled[i] as number) : null;
      if (granted[i] === 0 && !matters(holder, keep)) continue;
      holder.keep = keep;
      news.set(process, { granted: granted[i] as number, keep });
    }
    for (const [process, { held, need, want, keep }] of entries)
      if (held + need + want === 0 && keep === null) this.#holders.delete(process);
    return news;
  }

  #grant(holders: readonly Holder[], entitled: readonly number[]): number[] {
    const needed = this.#give(
      holders,
      holders.map(({ held, need }, i) => Math.max(0, Math.min(need, entitled[i] as number) - held)),
    );
    const wanted = this.#give(
      holders,
      holders.map(({ held, want }) => Math.max(0, Math.min(want, this.#limit) - held)),
    );
    return needed.map((count, i) => count + (wanted[i] as number));
  }

  #give(holders: readonly Holder[], asked: readonly number[]): number[] {
    const free = Math.max(0, this.#limit - this.#out);
    const given = free === 0 ? asked.map(() => 0) : this.#fair(free, asked, holders);
    for (const [i, count] of given.entries()) {
      if (count === 0) continue;
      const holder = holders[i] as Holder;
      holder.held += count;
      holder.turn = ++this.#turn;
      this.#out += count;
    }
    return given;
  }

  /** One more for some only: whoever has it keeps it, but where the others get none they take turns. */
  #fair(capacity: number, demands: readonly number[], holders: readonly Holder[]): number[] {
    return fairShares(capacity, demands, (a, b, each) => {
      const [one, other] = [holders[a] as Holder, holders[b] as Holder];
      const first = each > 0 ? other.held - one.held : this.#rank(one) - this.#rank(other);
      return first || one.turn - other.turn;
    });
  }

  #rank({ held, turn }: Holder): number {
    if (held === 0) return 1;
    return turn > this.#roundFrom ? 0 : 2;
  }
}

/** Whether what it may keep differs, for one that holds this much, from what it was told. */
function matters({ held, keep: told }: Holder, keep: number | null): boolean {
  if (keep === null || told === null) return keep !== told;
  return Math.min(held, keep) !== Math.min(held, told);
}
