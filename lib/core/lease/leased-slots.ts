// A process's side of a node's slots: it asks for more when it has used up what it holds, keeps its share for the next
// requests as long as no other needs it, and gives the rest back when that has been idle for a while. Nothing here waits: a
// request that finds no slot here is queued by the caller, who hears of each grant.
import type { SlotAsk, SlotNews } from "./slot-pot.ts";

/** How long what is held beyond the share may be idle. */
export const IDLE_SLOTS_MS = 500;

/** Requests in flight, and those that wait for a node. */
export interface Demand {
  readonly inUse: number;
  readonly waiting: number;
}

export class LeasedSlots {
  held = 0;
  #limit = 0;
  /** Held without need: a first request need not be asked for. */
  #share = 0;
  /** Asked for ahead of need. */
  #lot = 1;
  #keep: number | null = null;
  /** As last told. */
  #need = 0;
  #want = 0;
  /** Most in use at once since then. */
  #peak = 0;
  #peakSinceMs = 0;

  get limit(): number {
    return this.#limit;
  }
  /** How many requests may be in flight; fewer than are held, once others wait for those. */
  get capacity(): number {
    return this.#keep === null ? this.held : Math.min(this.held, this.#keep);
  }
  /** Whether there may be something to tell by and by. */
  get isDue(): boolean {
    return this.held > this.#share || this.#need > this.held;
  }

  /** Takes another limit. @returns what to tell */
  configure(limit: number, processes: number, demand: Demand): SlotAsk {
    this.#limit = limit;
    this.#share = Math.max(1, Math.floor(limit / processes));
    this.#lot = Math.max(1, Math.ceil(limit / (4 * processes)));
    return this.#ask(demand, Math.max(this.#share, this.held), 0);
  }

  /** The first word to a pot that may know nothing of it. What is in flight is held, with or without leave. */
  introduce(demand: Demand): SlotAsk {
    this.held = Math.max(this.held, demand.inUse);
    return { ...this.#ask(demand, Math.max(this.#share, this.held), 0), holds: this.held };
  }

  /** The pot is gone, and what it knew with it. */
  lost(): void {
    this.#keep = null;
    this.#need = this.#want = 0;
  }

  used(inUse: number): void {
    if (inUse > this.#peak) this.#peak = inUse;
  }

  /** All that may be used is used. @returns what to ask for; null: that is asked for already */
  full(demand: Demand): SlotAsk | null {
    if (this.held >= this.#limit && this.#keep === null) return null;
    const need = this.#needOf(demand);
    const want = Math.min(this.#limit, Math.max(need, this.held + this.#lot));
    const isNeedTold = need <= this.held || this.#need > this.held;
    // While others need slots none is to be had for a mere want.
    const isWantTold = this.#keep !== null || want <= this.held || this.#want > this.held;
    return isNeedTold && isWantTold ? null : this.#ask(demand, want, 0);
  }

  /** An answer, or a word in between. @returns what to tell */
  hear({ granted, keep }: SlotNews, demand: Demand): SlotAsk | null {
    const wasShort = this.#keep !== null;
    this.held += granted;
    this.#keep = keep;
    if (keep === null) return null;
    // The pot goes by what it was told last: who has come to need more says so when others ask for slots.
    const need = this.#needOf(demand);
    return this.giveBack(demand) ?? (!wasShort && need > this.#need ? this.#ask(demand, need, 0) : null);
  }

  /** A request is over. @returns what to tell, when others need slots and this process has more than it needs or may keep */
  giveBack(demand: Demand): SlotAsk | null {
    if (this.#keep === null) return null;
    const stays = Math.max(demand.inUse, Math.min(this.#keep, this.#needOf(demand)));
    return stays < this.held ? this.#return(demand, stays) : null;
  }

  /** To be called every so often while `isDue`. @returns what to tell */
  everySoOften(demand: Demand, nowMs: number): SlotAsk | null {
    if (nowMs - this.#peakSinceMs >= IDLE_SLOTS_MS) {
      const stays = Math.max(this.#share, this.#peak, demand.inUse);
      this.#peak = demand.inUse;
      this.#peakSinceMs = nowMs;
      if (this.#keep === null && stays < this.held) return this.#return(demand, stays);
    }
    // Those who waited may have gone elsewhere.
    const need = this.#needOf(demand);
    return this.#need > this.held && need < this.#need ? this.#ask(demand, Math.max(need, this.held), 0) : null;
  }

  #needOf({ inUse, waiting }: Demand): number {
    return Math.min(this.#limit, inUse + waiting);
  }

  #return(demand: Demand, stays: number): SlotAsk {
    const back = this.held - stays;
    this.held = stays;
    return this.#ask(demand, stays, back);
  }

  #ask(demand: Demand, want: number, back: number): SlotAsk {
    this.#need = this.#needOf(demand);
    this.#want = want;
    return { need: this.#need, want, back };
  }
}
