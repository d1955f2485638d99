// A process's side of one bucket that it shares with others: it spends what it was given, asks for more before that runs out,
// and falls back to its own share of the limit while nobody answers. What it spends then it tells afterwards.
import type { Keyed } from "./key-table.ts";
import { afterTaking, levelOf, type Rate, waitOf } from "./rate.ts";
import type { PotAsk, PotGrant } from "./rate-pot.ts";

/** A limit as one process sees it. */
export interface LeasedLimit {
  readonly rate: Rate;
  /** What the process may do alone. */
  readonly share: Rate;
  /** Tokens it asks for at once beyond those needed. */
  readonly lot: number;
}

/** A quarter of the burst is out at most, over all processes. */
export const lotOf = ({ burst }: Rate, processes: number): number =>
  Math.min(1_000, Math.floor(burst / (4 * processes)));

/** A key that was asked about twice within this time gets lots. */
const HOT_MS = 1_000;

export type Taken =
  | { kind: "taken"; left: number }
  | { kind: "refused"; waitMs: number }
  /** Nothing is in hand: to be asked for. */
  | { kind: "ask" };

export class LeasedRate implements Keyed {
  /** Of its own share, which everything that it lets through is taken from. */
  fullAtMs: number;
  inHand = 0;
  lastUseMs: number;
  isAsking = false;
  /** Requests waiting for an answer. */
  waiting = 0;
  #left = 0;
  #emptyUntilMs = 0;
  #used = 0;
  #owed = 0;
  #needAsked = 0;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: number) {
    this.fullAtMs = nowMs;
    this.lastUseMs = nowMs;
  }

  get isPinned(): boolean {
    return this.waiting > 0 || this.inHand > 0;
  }
  /** Whether there is something to tell. */
  get isDue(): boolean {
    return this.inHand > 0 || this.#used > 0;
  }

  take({ share }: LeasedLimit, nowMs: number): Taken {
    this.lastUseMs = nowMs;
    if (this.inHand > 0) {
      this.inHand--;
      this.#used++;
      return this.#taken(share, nowMs);
    }
    return nowMs < this.#emptyUntilMs ? { kind: "refused", waitMs: this.#emptyUntilMs - nowMs } : { kind: "ask" };
  }

  /** Nobody answers: by its own share. */
  takeAlone({ share }: LeasedLimit, nowMs: number): Taken {
    this.lastUseMs = nowMs;
    const left = levelOf(share, this.fullAtMs, nowMs);
    if (left === 0) return { kind: "refused", waitMs: Math.max(1, Math.ceil(waitOf(share, this.fullAtMs, nowMs))) };
    this.#owed++;
    this.#left = left - 1;
    return this.#taken(share, nowMs);
  }

  /** Whether it is time to ask for more, before a request must wait for it. */
  runsLow({ lot }: LeasedLimit): boolean {
    return lot > 0 && !this.isAsking && this.inHand <= lot >> 1;
  }

  /** What to tell and ask for now. `tell`: only what it used; `back`: it gives back what it holds, too. */
  ask({ lot }: LeasedLimit, what: "more" | "tell" | "back", nowMs: number): PotAsk {
    // A lot is for a key that is in use, not for every client that comes by once.
    const isHot = nowMs - this.#askedMs < HOT_MS;
    const more = what === "more" && isHot ? Math.max(0, lot - this.inHand) : 0;
    const ask = {
      need: this.waiting,
      want: this.waiting + more,
      used: this.#used,
      back: what === "back" ? this.inHand : 0,
      owed: this.#owed,
    };
    if (what === "back") this.inHand = 0;
    this.#used = this.#owed = 0;
    this.#needAsked = this.waiting;
    this.#askedMs = nowMs;
    this.isAsking = true;
    return ask;
  }

  /** The answer came. @returns how many of those that wait may go; when `isEmpty`, the others are refused for `waitMs` */
  granted(
    { share }: LeasedLimit,
    { granted, left, waitMs }: PotGrant,
    nowMs: number,
  ): { go: number; isEmpty: boolean } {
    this.isAsking = false;
    const needed = Math.min(granted, this.#needAsked);
    this.inHand += granted - needed;
    this.#left = left;
    this.#emptyUntilMs = waitMs > 0 ? nowMs + waitMs : 0;
    // Those for whom it was asked may have left; others, who came since, take from what is in hand.
    const atOnce = Math.min(needed, this.waiting);
    // Those who did not wait any longer have spent what is given for them now.
    this.#owed = Math.max(0, this.#owed - (needed - atOnce));
    const fromHand = Math.min(this.inHand, this.waiting - atOnce);
    this.inHand -= fromHand;
    this.#used += fromHand;
    const go = atOnce + fromHand;
    this.waiting -= go;
    this.fullAtMs = afterTaking(share, this.fullAtMs, go, nowMs);
    return { go, isEmpty: waitMs > 0 };
  }

  /** Whoever answered is gone, and knows nothing any more: what is in hand is not spent. */
  lost(): void {
    this.isAsking = false;
    this.inHand = this.#used = this.#emptyUntilMs = 0;
  }

  get left(): number {
    return this.#left + this.inHand;
  }

  #taken(share: Rate, nowMs: number): Taken {
    this.fullAtMs = afterTaking(share, this.fullAtMs, 1, nowMs);
    return { kind: "taken", left: this.left };
  }
}
