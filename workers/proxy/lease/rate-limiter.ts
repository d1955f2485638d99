// The rate limit of one route, by key: who may go at once, who waits for control's answer, who is refused.
import type { LeaseLimit } from "#lib/contracts/bus.ts";
import type { RateLimit } from "#lib/contracts/config.ts";
import { KeyTable } from "#lib/core/lease/key-table.ts";
import { type LeasedLimit, LeasedRate, lotOf, type Taken } from "#lib/core/lease/leased-rate.ts";
import { rateOf, shareOf } from "#lib/core/lease/rate.ts";
import type { PotGrant } from "#lib/core/lease/rate-pot.ts";
import type { Leases } from "./leases.ts";

/** Keys that one process tells apart; control knows more of them. */
const MAX_KEYS = 20_000;

export type Decided = Exclude<Taken, { kind: "ask" }>;
/** A request that waits to be let through. */
export interface Taker {
  decided(decided: Decided): void;
}

export class LimitedKey extends LeasedRate {
  readonly name: string;
  readonly takers = new Set<Taker>();

  constructor(name: string, nowMs: number) {
    super(nowMs);
    this.name = name;
  }
}

export class RateLimiter {
  readonly resource: string;
  readonly wire: LeaseLimit;
  readonly limit: LeasedLimit;
  readonly #leases: Leases;
  readonly #keys = new KeyTable<LimitedKey>(MAX_KEYS);

  constructor(resource: string, { requests, windowMs, burst }: RateLimit, processes: number, leases: Leases) {
    const rate = rateOf({ requests, windowMs, burst });
    this.resource = resource;
    this.wire = { kind: "rate", requests, windowMs, burst: rate.burst };
    this.limit = { rate, share: shareOf(rate, processes), lot: lotOf(rate, processes) };
    this.#leases = leases;
  }

  /** Decides for a request of this key; null: `taker` hears of it soon. */
  take(name: string, taker: Taker): Decided | null {
    const nowMs = performance.now();
    const key = this.#keyOf(name, nowMs);
    const taken = key.take(this.limit, nowMs);
    const leases = this.#leases;
    if (taken.kind === "refused") return taken;
    if (taken.kind === "taken") {
      leases.holds(this, key);
      if (key.runsLow(this.limit)) leases.ask(this, key, "more");
      return taken;
    }
    if (!leases.isAnswering) {
      if (!key.isAsking) leases.ask(this, key, "tell");
      return key.takeAlone(this.limit, nowMs) as Decided;
    }
    key.takers.add(taker);
    key.waiting++;
    if (!key.isAsking) leases.ask(this, key, "more");
    return null;
  }

  #keyOf(name: string, nowMs: number): LimitedKey {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = new LimitedKey(name, nowMs);
    this.#keys.add(name, key);
    return key;
  }

  /** The client of a waiting request is gone. */
  leave(name: string, taker: Taker): void {
    const key = this.#keys.get(name);
    if (key?.takers.delete(taker)) key.waiting--;
  }

  granted(key: LimitedKey, grant: PotGrant): void {
    const { go, isEmpty } = key.granted(this.limit, grant, performance.now());
    if (key.inHand > 0) this.#leases.holds(this, key);
    const takers = [...key.takers];
    const going = takers.slice(0, go);
    const others = isEmpty ? takers.slice(go) : [];
    for (const taker of [...going, ...others]) key.takers.delete(taker);
    key.waiting = key.takers.size;
    if (key.waiting > 0) this.#leases.ask(this, key, "more");
    for (const taker of going) taker.decided({ kind: "taken", left: key.left });
    for (const taker of others) taker.decided({ kind: "refused", waitMs: grant.waitMs });
  }

  /** Control does not answer: those who wait are decided for by this process's share. */
  goAlone(key: LimitedKey): void {
    const takers = [...key.takers];
    key.takers.clear();
    key.waiting = 0;
    const nowMs = performance.now();
    for (const taker of takers) taker.decided(key.takeAlone(this.limit, nowMs) as Decided);
  }
}
