// The quotas of nodes: what this worker has handed out to its proxy processes, and what all workers together have used, which is in
// the database. What is handed out counts at once, and is written soon; without the database it goes on from what it knows, and
// writes that afterwards.
import { z } from "zod";
import type { LeaseAsk, LeaseLimit } from "#lib/contracts/bus.ts";
import { QuotaPot } from "#lib/core/lease/quota-pot.ts";
import type { PotGrant } from "#lib/core/lease/rate-pot.ts";

type QuotaLimit = Extract<LeaseLimit, { kind: "quota" }>;
/** One span of one node's quota. Times are Unix milliseconds. */
const Span = z.strictObject({ nodeId: z.string(), startMs: z.number(), endMs: z.number() });
export type QuotaSpanOf = z.infer<typeof Span>;
/** What is kept on disk for when the database is down at the next start. */
export const KeptQuotas = z.array(z.strictObject({ ...Span.shape, used: z.int().min(0), unwritten: z.int() }));
export type KeptQuotas = z.infer<typeof KeptQuotas>;
export type QuotaChange = QuotaSpanOf & { change: number };
export type QuotaTotal = QuotaSpanOf & { used: number };

type Page = QuotaSpanOf & { pot: QuotaPot };

export class QuotaBook {
  readonly #pages = new Map<string, Page>();
  /** Something is to be written; `isNew`: of a span that nothing is known of yet. */
  onUse: (isNew: boolean) => void = () => {};

  grant({ resource, key, need, want, back }: LeaseAsk, { requests, endMs }: QuotaLimit, nowMs: number): PotGrant {
    const span = { nodeId: resource.slice(resource.indexOf(":") + 1), startMs: Number(key), endMs };
    const leftMs = endMs - nowMs;
    // Of a span that is over, by a clock that is behind or an ask that was under way.
    if (!(leftMs > 0)) return { granted: 0, left: 0, waitMs: need > 0 ? 1 : 0 };
    let page = this.#pages.get(nameOf(span));
    const isNew = page === undefined;
    if (page === undefined) {
      page = { ...span, pot: new QuotaPot(0) };
      this.#pages.set(nameOf(span), page);
    }
    const before = page.pot.unwritten;
    const grant = page.pot.ask(requests, { need, want, back }, leftMs);
    if (isNew || page.pot.unwritten !== before) this.onUse(isNew);
    return grant;
  }

  /** What is to be added to the database; 0 where its total is only to be read. Spans that are over are forgotten. */
  changes(nowMs: number): QuotaChange[] {
    for (const [name, { endMs, pot }] of this.#pages)
      if (endMs <= nowMs && (pot.unwritten === 0 || endMs + 60_000 <= nowMs)) this.#pages.delete(name);
    return [...this.#pages.values()].map(({ pot, ...span }) => ({ ...span, change: pot.unwritten }));
  }

  /** They are written. @param totals what all have used now; a span that is missing: nothing */
  written(changes: readonly QuotaChange[], totals: readonly QuotaTotal[]): void {
    const used = new Map(totals.map((total) => [nameOf(total), total.used]));
    for (const change of changes)
      this.#pages.get(nameOf(change))?.pot.written(change.change, used.get(nameOf(change)) ?? 0);
  }

  /** What is used in that span as far as this worker knows. */
  used(span: QuotaSpanOf): number {
    return this.#pages.get(nameOf(span))?.pot.used ?? 0;
  }

  keep(): KeptQuotas {
    return [...this.#pages.values()].map(({ pot, ...span }) => ({
      ...span,
      used: pot.used,
      unwritten: pot.unwritten,
    }));
  }

  restore(kept: KeptQuotas, nowMs: number): void {
    for (const { used, unwritten, ...span } of kept) {
      if (span.endMs <= nowMs) continue;
      const pot = new QuotaPot(used);
      pot.unwritten = unwritten;
      this.#pages.set(nameOf(span), { ...span, pot });
    }
  }
}

const nameOf = ({ nodeId, startMs, endMs }: QuotaSpanOf): string => `${nodeId} ${startMs} ${endMs}`;
