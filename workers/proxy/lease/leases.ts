// This process's part of limits that hold for the whole worker: control hands them out over the bus. Nobody waits long: while
// control is away or silent, each process keeps to its own share, so no request fails because control did.
import type { LeaseAsk, LeaseGrant, LeaseLimit } from "#lib/contracts/bus.ts";
import type { LeasedLimit, LeasedRate } from "#lib/core/lease/leased-rate.ts";
import type { PotGrant } from "#lib/core/lease/rate-pot.ts";

/** How long a request waits for control's answer at most. */
const ANSWER_WITHIN_MS = 50;
/** How often what was used is told, and how long what is not used is kept. */
const TELL_MS = 100;
const KEEP_MS = 500;
/** How often a silent control is asked whether it is back. */
const PROBE_MS = 250;

export type LeasedKey = LeasedRate & { readonly name: string };
/** Whoever spends what control hands out of one limit. */
export interface LeaseUser {
  readonly resource: string;
  readonly wire: LeaseLimit;
  readonly limit: LeasedLimit;
  granted(key: LeasedKey, grant: PotGrant): void;
  /** Control does not answer: those who wait are not to wait any longer. */
  goAlone(key: LeasedKey): void;
}

type Asked = { limiter: LeaseUser; key: LeasedKey; atMs: number };

export class Leases {
  readonly #send: (asks: LeaseAsk[]) => void;
  readonly #waitMs: number;
  #isConnected = false;
  #isSilent = false;
  #probedMs = 0;
  /** To be sent with the others of this turn. */
  #asks: LeaseAsk[] = [];
  /** Not answered yet, in the order they were asked. */
  readonly #asked: Asked[] = [];
  readonly #holding = new Map<LeasedKey, LeaseUser>();
  /** Wanted by those who cannot go on without control, while it could not be asked. */
  readonly #wanting = new Map<LeasedKey, LeaseUser>();
  #patience: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;

  /** @param send hands asks to control; what it answers comes to `granted` @param waitMs how long a request waits for that */
  constructor(send: (asks: LeaseAsk[]) => void, waitMs = ANSWER_WITHIN_MS) {
    this.#send = send;
    this.#waitMs = waitMs;
  }

  /** Whether a request may wait for control. */
  get isAnswering(): boolean {
    return this.#isConnected && !this.#isSilent;
  }

  connected(): void {
    this.#isConnected = true;
    this.#isSilent = false;
    this.#askAgain();
  }

  /** Control can be asked for what it could not be asked for. */
  #askAgain(): void {
    const wanting = [...this.#wanting];
    this.#wanting.clear();
    for (const [key, limiter] of wanting) if (!key.isAsking) this.ask(limiter, key, "more");
  }

  /** Control is gone, and what it knew with it. */
  disconnected(): void {
    this.#isConnected = false;
    this.#asks = [];
    const lost = new Map(this.#holding);
    for (const { key, limiter } of this.#asked.splice(0)) lost.set(key, limiter);
    this.#holding.clear();
    for (const [key, limiter] of lost) {
      key.lost();
      limiter.goAlone(key);
    }
  }

  ask(limiter: LeaseUser, key: LeasedKey, what: "more" | "tell" | "back"): void {
    const nowMs = performance.now();
    if (!this.#isConnected || (this.#isSilent && nowMs - this.#probedMs < PROBE_MS)) {
      if (key.waiting > 0) this.#wanting.set(key, limiter);
      return;
    }
    if (this.#isSilent) this.#probedMs = nowMs;
    if (this.#asks.length === 0) queueMicrotask(() => this.#flush());
    const { resource, wire, limit } = limiter;
    this.#asks.push({ resource, key: key.name, limit: wire, ...key.ask(limit, what, nowMs) });
    this.#asked.push({ limiter, key, atMs: nowMs });
    if (key.waiting > 0) this.#patience ??= setTimeout(() => this.#outOfPatience(), this.#waitMs);
  }

  #flush(): void {
    const asks = this.#asks;
    this.#asks = [];
    if (asks.length > 0) this.#send(asks);
  }

  /** Control answered, in the order it was asked. */
  granted(grants: readonly LeaseGrant[]): void {
    this.#isSilent = false;
    for (const [at, asked] of this.#asked.splice(0, grants.length).entries()) {
      const grant = grants[at] as LeaseGrant;
      asked.limiter.granted(asked.key, grant);
    }
    if (this.#wanting.size > 0) this.#askAgain();
  }

  /** The key holds something that is to be told or given back in time. */
  holds(limiter: LeaseUser, key: LeasedKey): void {
    this.#holding.set(key, limiter);
    this.#telling ??= setInterval(() => this.#tell(), TELL_MS).unref();
  }

  #tell(): void {
    const nowMs = performance.now();
    for (const [key, limiter] of this.#holding) {
      if (!key.isDue) this.#holding.delete(key);
      else if (!key.isAsking) this.ask(limiter, key, nowMs - key.lastUseMs >= KEEP_MS ? "back" : "tell");
    }
    if (this.#holding.size > 0) return;
    clearInterval(this.#telling);
    this.#telling = undefined;
  }

  /** Whoever has waited for long enough goes on without control. */
  #outOfPatience(): void {
    this.#patience = undefined;
    const nowMs = performance.now();
    for (const { limiter, key, atMs } of this.#asked) {
      if (key.waiting === 0) continue;
      const leftMs = atMs + this.#waitMs - nowMs;
      if (leftMs > 0) {
        this.#patience = setTimeout(() => this.#outOfPatience(), Math.ceil(leftMs));
        return;
      }
      this.#isSilent = true;
      limiter.goAlone(key);
    }
  }

  stop(): void {
    clearInterval(this.#telling);
    clearTimeout(this.#patience);
  }
}
