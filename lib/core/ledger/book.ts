// Keeps the shares of one worker's pools as they were last written down, and says what has to be. A shift is written when it
// has come to rest (processes agree within a second or two), so that what lies between is not taken for another one. Ramps and
// weights move in many small steps: those are written when they add up.
import type { LedgerCause } from "#lib/contracts/ledger.ts";
import { attribute, LEAST_MOVE, type LedgerFacts, type LedgerMove } from "./attribute.ts";

export interface SeenNode {
  readonly nodeId: string;
  readonly share: number;
  readonly facts: LedgerFacts;
}
export interface LedgerNews {
  readonly atMs: number;
  readonly poolId: string;
  readonly nodeId: string;
  readonly cause: LedgerCause;
  readonly detail: string;
  readonly byNodeId: string | null;
  readonly shareBefore: number;
  readonly shareAfter: number;
}

/** Steps of a ramp or of weights are written when they add up to this. */
export const SLOW_MOVE = 0.05;
const SLOW: readonly LedgerCause[] = ["ramp", "weights"];
/** Facts may be ahead of the shares that follow from them: they count as told only when they are this old. */
export const SETTLED_MS = 5_000;
/** Shares that do not come to rest are written all the same, after so long. */
export const RESTLESS_MS = 5_000;
const EVEN = 1e-4;

interface Page {
  /** As written down. */
  shares: ReadonlyMap<string, number>;
  facts: ReadonlyMap<string, LedgerFacts>;
  canary: string;
  /** That become `facts` once they are old enough. */
  next: { facts: ReadonlyMap<string, LedgerFacts>; canary: string; sinceMs: number };
  last: ReadonlyMap<string, number>;
  restlessSinceMs: number | null;
}

export class LedgerBook {
  readonly #pages = new Map<string, Page>();

  /** Takes in what a pool is like in the second that ends at `atMs`. @param canary which one runs; empty: none */
  take(poolId: string, nodes: readonly SeenNode[], canary: string, atMs: number): LedgerNews[] {
    const shares = new Map(nodes.map(({ nodeId, share }) => [nodeId, share]));
    const facts = new Map(nodes.map((node) => [node.nodeId, node.facts]));
    const page = this.#pages.get(poolId);
    if (page === undefined) {
      const next = { facts, canary, sinceMs: atMs };
      this.#pages.set(poolId, { shares, facts, canary, next, last: shares, restlessSinceMs: null });
      return [];
    }
    const isAtRest = isSame(page.last, shares, EVEN);
    page.last = shares;
    if (isSame(page.shares, shares, LEAST_MOVE)) {
      page.restlessSinceMs = null;
      this.#settle(page, facts, canary, atMs);
      return [];
    }
    page.restlessSinceMs ??= atMs;
    if (!isAtRest && atMs - page.restlessSinceMs < RESTLESS_MS) return [];
    return this.#write(poolId, page, shares, facts, canary, atMs);
  }

  forget(keep: ReadonlySet<string>): void {
    for (const poolId of this.#pages.keys()) if (!keep.has(poolId)) this.#pages.delete(poolId);
  }

  #settle(page: Page, facts: Page["facts"], canary: string, atMs: number): void {
    if (atMs - page.next.sinceMs < SETTLED_MS) return;
    page.facts = page.next.facts;
    page.canary = page.next.canary;
    page.next = { facts, canary, sinceMs: atMs };
  }

  #write(
    poolId: string,
    page: Page,
    shares: ReadonlyMap<string, number>,
    facts: Page["facts"],
    canary: string,
    atMs: number,
  ): LedgerNews[] {
    const ids = new Set([...page.shares.keys(), ...shares.keys()]);
    const moves = [...ids].map(
      (nodeId): LedgerMove => ({
        nodeId,
        before: { share: page.shares.get(nodeId) ?? 0, facts: page.facts.get(nodeId) ?? null },
        now: { share: shares.get(nodeId) ?? 0, facts: facts.get(nodeId) ?? null },
      }),
    );
    const news = moves
      .filter(({ before, now }) => Math.abs(now.share - before.share) >= LEAST_MOVE)
      .map((move) => ({
        atMs,
        poolId,
        nodeId: move.nodeId,
        ...attribute(move, moves, canary !== page.canary),
        shareBefore: move.before.share,
        shareAfter: move.now.share,
      }));
    const isSlow = news.every(({ cause }) => SLOW.includes(cause));
    const isRampOver = moves.every(({ now }) => (now.facts?.warmUp ?? 1) === 1);
    const moved = Math.max(...news.map(({ shareBefore, shareAfter }) => Math.abs(shareAfter - shareBefore)));
    if (isSlow && moved < SLOW_MOVE && !(isRampOver && news.some(({ cause }) => cause === "ramp"))) return [];
    Object.assign(page, { shares, facts, canary, next: { facts, canary, sinceMs: atMs }, restlessSinceMs: null });
    return news;
  }
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>, within: number): boolean {
  for (const [id, share] of a) if (Math.abs(share - (b.get(id) ?? 0)) >= within) return false;
  for (const [id, share] of b) if (!a.has(id) && share >= within) return false;
  return true;
}
