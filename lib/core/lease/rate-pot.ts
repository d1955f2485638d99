// What is left of one bucket that several processes draw from, in lots so that they need not ask for each request. Tokens
// handed out and not yet spent still belong to the bucket: what is in it and what is out there together never exceed its
// burst. So over any time t no more than burst + rate · t are spent, however they were handed out.
import type { Keyed } from "./key-table.ts";
import { afterTaking, levelOf, type Rate, waitOf } from "./rate.ts";

export interface PotAsk {
  /** Tokens that requests wait for. */
  need: number;
  /** Tokens it would like to have, those included. */
  want: number;
  /** Spent of what it was given, since it last told. */
  used: number;
  /** Given back unspent. */
  back: number;
  /** Spent without having been given any, while nobody answered. */
  owed: number;
}

export interface PotGrant {
  /** Those needed first; what exceeds them is held until it is told to be used or given back. */
  granted: number;
  /** Tokens left here. */
  left: number;
  /** How long until there is one more; 0: what was needed was given. */
  waitMs: number;
}

export class RatePot implements Keyed {
  fullAtMs: number;
  /** Handed out and not yet told of, by process, whatever tells one from another. */
  readonly #out = new Map<unknown, number>();
  #allOut = 0;

  constructor(nowMs: number) {
    this.fullAtMs = nowMs;
  }

  get isPinned(): boolean {
    return this.#allOut > 0;
  }

  ask(rate: Rate, process: unknown, ask: PotAsk, nowMs: number): PotGrant {
    this.#settle(rate, process, ask.used, ask.back, nowMs);
    // Never below empty: what was spent without asking was within the process's own share.
    this.#take(rate, Math.min(ask.owed, this.#level(rate, nowMs)), nowMs);
    const level = this.#level(rate, nowMs);
    const needed = Math.min(level, ask.need);
    // Beyond the need at most half of what is left: others want some too.
    const more = Math.min(Math.max(0, ask.want - needed), Math.floor((level - needed) / 2));
    const granted = needed < ask.need ? needed : needed + more;
    this.#take(rate, granted, nowMs);
    // What is needed is spent as it arrives; only the rest is held.
    if (granted > needed) this.#count(process, granted - needed);
    const waitMs = granted < ask.need ? Math.max(1, Math.ceil(waitOf(rate, this.fullAtMs, nowMs))) : 0;
    return { granted, left: this.#level(rate, nowMs), waitMs };
  }

  /** The process is gone: what it held counts as spent. */
  gone(process: unknown, rate: Rate, nowMs: number): void {
    this.#settle(rate, process, this.#out.get(process) ?? 0, 0, nowMs);
  }

  #settle(rate: Rate, process: unknown, used: number, back: number, nowMs: number): void {
    const held = this.#out.get(process) ?? 0;
    const spent = Math.min(used, held);
    const returned = Math.min(back, held - spent);
    if (spent + returned === 0) return;
    this.#hold(rate, nowMs);
    this.#count(process, -spent - returned);
    this.fullAtMs -= returned * rate.tokenMs;
  }

  #level(rate: Rate, nowMs: number): number {
    this.#hold(rate, nowMs);
    return levelOf(rate, this.fullAtMs, nowMs);
  }

  /** What is out takes its room in the bucket, which does not fill up behind its back. */
  #hold(rate: Rate, nowMs: number): void {
    this.fullAtMs = Math.max(this.fullAtMs, nowMs + this.#allOut * rate.tokenMs);
  }

  #take(rate: Rate, count: number, nowMs: number): void {
    if (count === 0) return;
    this.fullAtMs = afterTaking(rate, this.fullAtMs, count, nowMs);
  }

  #count(process: unknown, change: number): void {
    const held = (this.#out.get(process) ?? 0) + change;
    if (held > 0) this.#out.set(process, held);
    else this.#out.delete(process);
    this.#allOut += change;
  }
}
