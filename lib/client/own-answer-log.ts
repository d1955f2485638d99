import type { OwnAnswerCount, RouteCounts } from "#lib/contracts/metrics.ts";
import type { LiveTick } from "#lib/contracts/views.ts";
import { groupBy } from "#lib/core/group-by.ts";

/** As long as the live store remembers. */
const WINDOW_MS = 300_000;
const NONE: readonly OwnAnswerCount[] = [];

/** What the proxies answered themselves, over the ticks of the last five minutes. */
export class OwnAnswerLog {
  /** The same as long as it is the same, for React. */
  counts: readonly OwnAnswerCount[] = NONE;
  #seconds: { atMs: number; own: readonly OwnAnswerCount[] }[] = [];
  #routes = new Map<string, RouteCounts>();
  #newestMs = 0;

  /**
   * @param ticks newer than all before, oldest first
   * @param late of seconds before those, which were missed
   */
  add(ticks: readonly LiveTick[], late: readonly LiveTick[] = []): void {
    const newest = ticks.at(-1);
    if (newest) {
      this.#newestMs = newest.atMs;
      this.#routes = new Map((newest.routes ?? []).map((route) => [route.routeId, route]));
    }
    const before = this.#seconds.length;
    const fresh = [...late, ...ticks].flatMap(({ atMs, own }) => (own ? [{ atMs, own }] : []));
    const kept = this.#seconds.filter(({ atMs }) => atMs > this.#newestMs - WINDOW_MS);
    this.#seconds = [...kept, ...fresh];
    if (fresh.length > 0 || kept.length < before) this.counts = this.#sum();
  }

  route(routeId: string): RouteCounts | undefined {
    return this.#routes.get(routeId);
  }

  #sum(): readonly OwnAnswerCount[] {
    const all = this.#seconds.flatMap(({ own }) => own);
    if (all.length === 0) return NONE;
    return groupBy(all, ({ code }) => code)
      .map((same) => ({
        code: (same[0] as OwnAnswerCount).code,
        count: same.reduce((sum, { count }) => sum + count, 0),
      }))
      .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
  }
}
