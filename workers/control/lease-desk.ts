// Hands out the worker's limits to its proxy processes, in lots. It knows a limit only from who asks: nothing here depends on
// what is limited, and a new control process starts with full buckets.
import type { LeaseAsk, LeaseGrant, LeaseLimit } from "#lib/contracts/bus.ts";
import { KeyTable } from "#lib/core/lease/key-table.ts";
import { type Rate, rateOf } from "#lib/core/lease/rate.ts";
import { RatePot } from "#lib/core/lease/rate-pot.ts";
import { QuotaBook } from "./quota-book.ts";

/** Keys of one limit that are told apart; beyond it those go that are full again soonest. */
const MAX_KEYS = 100_000;
/** A limit that nobody asked about for this long, and for its window, is forgotten. */
const FORGET_MS = 600_000;

type RateLimit = Extract<LeaseLimit, { kind: "rate" }>;
type Resource = { windowMs: number; rate: Rate; pots: KeyTable<RatePot>; askedMs: number };

export class LeaseDesk {
  readonly #resources = new Map<string, Resource>();
  readonly #quotas: QuotaBook;

  constructor(quotas = new QuotaBook()) {
    this.#quotas = quotas;
  }

  /** Answers the asks of a process, in their order. */
  grant(process: unknown, asks: readonly LeaseAsk[], nowMs: number, wallMs = Date.now()): LeaseGrant[] {
    return asks.map((ask) => {
      const { resource, key, limit } = ask;
      if (limit.kind === "quota") return { resource, key, ...this.#quotas.grant(ask, limit, wallMs) };
      const { rate, pots } = this.#resourceOf(resource, limit, nowMs);
      let pot = pots.get(key);
      if (pot === undefined) {
        pot = new RatePot(nowMs);
        pots.add(key, pot);
      }
      return { resource, key, ...pot.ask(rate, process, ask, nowMs) };
    });
  }

  /** By name and limit: while processes take a new revision one after the other, both limits are in use. */
  #resourceOf(resource: string, limit: RateLimit, nowMs: number): Resource {
    const name = `${resource} ${limit.requests} ${limit.windowMs} ${limit.burst}`;
    let known = this.#resources.get(name);
    if (known === undefined) {
      known = { windowMs: limit.windowMs, rate: rateOf(limit), pots: new KeyTable<RatePot>(MAX_KEYS), askedMs: nowMs };
      this.#resources.set(name, known);
    }
    known.askedMs = nowMs;
    return known;
  }

  /** A process is gone: what it held counts as spent. */
  gone(process: unknown, nowMs: number): void {
    for (const { rate, pots } of this.#resources.values())
      for (const pot of pots.values()) pot.gone(process, rate, nowMs);
  }

  /** Forgets limits that are not in use any more. */
  sweep(nowMs: number): void {
    for (const [name, { windowMs, askedMs }] of this.#resources)
      if (nowMs - askedMs > FORGET_MS + windowMs) this.#resources.delete(name);
  }
}
