// What is left of a quota in one span. What is handed out counts as used at once, so that no more than the quota is spent
// however many draw from it; what comes back unspent counts no more. Others may draw from it elsewhere: what all have
// used together is told from time to time.
import type { PotAsk, PotGrant } from "./rate-pot.ts";

/** A process that got nothing asks again after this long: others may have given some back by then, or the quota was reset. */
export const ASK_AGAIN_MS = 2_000;

export class QuotaPot {
  /** By all, as far as is known. */
  used: number;
  /** Of that, what was handed out or came back here since the last `written`; may be below 0. */
  unwritten = 0;

  constructor(used: number) {
    this.used = used;
  }

  /** @param requests the quota @param leftMs how long the span goes on */
  ask(requests: number, { need, want, back }: Pick<PotAsk, "need" | "want" | "back">, leftMs: number): PotGrant {
    this.#count(-Math.min(back, this.used));
    const left = Math.max(0, requests - this.used);
    const needed = Math.min(left, need);
    // Beyond the need at most half of what is left: others want some too.
    const more = Math.min(Math.max(0, want - need), Math.floor((left - needed) / 2));
    const granted = needed < need ? needed : needed + more;
    this.#count(granted);
    const waitMs = granted < need ? Math.max(1, Math.min(ASK_AGAIN_MS, Math.ceil(leftMs))) : 0;
    return { granted, left: left - granted, waitMs };
  }

  /** `count` of what was unwritten is stored now, and all together have used `total`. */
  written(count: number, total: number): void {
    this.unwritten -= count;
    this.used = Math.max(0, total + this.unwritten);
  }

  #count(change: number): void {
    this.used += change;
    this.unwritten += change;
  }
}
