// Asks each node when its turn comes: one timer for all, a bounded number at once, no node twice at once. Turns have their fixed
// places in the interval (lib/core/resources/share-out.ts), so that a thousand nodes are asked evenly, not in bursts.
import type { LookupFunction } from "node:net";
import type { CpuCounters } from "#lib/core/resources/reading.ts";
import { nextTurnMs } from "#lib/core/resources/share-out.ts";
import { DueHeap } from "#workers/probes/due-heap.ts";
import { type Scraped, scrape } from "./scrape.ts";
import { isSameScrape, type ScrapeTarget } from "./scrape-target.ts";

export type ScraperOptions = {
  lookup: LookupFunction;
  /** What a node told, or why it did not. Not of one that is no target any more. */
  onScraped: (target: ScrapeTarget, scraped: Scraped) => void;
  /** Something of our own went wrong; the node's turn comes again. */
  onFault: (cause: unknown) => void;
  maxAtOnce?: number;
  /** By a clock that never goes back. */
  nowMs?: () => number;
};

type Entry = { target: ScrapeTarget; counters: CpuCounters | null };

const MAX_AT_ONCE = 64;
const TOGETHER_MS = 10;

export class Scraper {
  readonly #options: Required<ScraperOptions>;
  readonly #entries = new Map<string, Entry>();
  #heap = new DueHeap<Entry>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ScraperOptions) {
    this.#options = { maxAtOnce: MAX_AT_ONCE, nowMs: () => performance.now(), ...options };
  }

  /** The nodes to ask from now on. A new one is asked when its turn comes, within one interval. */
  update(targets: ReadonlyMap<string, ScrapeTarget>): void {
    for (const nodeId of this.#entries.keys()) if (!targets.has(nodeId)) this.#entries.delete(nodeId);
    for (const [nodeId, target] of targets) {
      const known = this.#entries.get(nodeId);
      if (known && isSameScrape(known.target, target)) {
        known.target = target;
        continue;
      }
      const entry: Entry = { target, counters: null };
      this.#entries.set(nodeId, entry);
      this.#place(entry);
    }
    this.#compact();
    this.#work();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#entries.clear();
  }

  #place(entry: Entry): void {
    const { nodeId, settings } = entry.target;
    this.#heap.push({ atMs: nextTurnMs(nodeId, settings.intervalMs, this.#options.nowMs()), item: entry });
  }

  /** Places of nodes that are gone would stay until their time: they are thrown away when they are many. */
  #compact(): void {
    if (this.#heap.size < 2 * this.#entries.size + 100) return;
    const old = this.#heap;
    this.#heap = new DueHeap();
    for (const due of old.values()) if (this.#isCurrent(due.item)) this.#heap.push(due);
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.target.nodeId) === entry;
  }

  #work(): void {
    clearTimeout(this.#timer);
    while (!this.#isStopped && this.#running < this.#options.maxAtOnce) {
      const next = this.#heap.peek();
      if (!next) return;
      const waitMs = next.atMs - this.#options.nowMs();
      if (waitMs > 0 && this.#isCurrent(next.item)) {
        this.#timer = setTimeout(() => this.#work(), Math.max(TOGETHER_MS, Math.ceil(waitMs)));
        return;
      }
      this.#heap.pop();
      if (this.#isCurrent(next.item)) void this.#ask(next.item);
    }
  }

  async #ask(entry: Entry): Promise<void> {
    const { lookup, nowMs, onScraped, onFault } = this.#options;
    this.#running++;
    try {
      const { target } = entry;
      const scraped = await scrape(target, lookup, entry.counters, nowMs);
      entry.counters = scraped.counters;
      if (this.#isCurrent(entry)) onScraped(target, scraped);
    } catch (cause) {
      onFault(cause);
    }
    this.#running--;
    if (this.#isCurrent(entry)) this.#place(entry);
    this.#work();
  }
}
