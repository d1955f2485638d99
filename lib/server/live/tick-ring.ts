// The last five minutes of ticks, encoded: what a browser that connects gets first.
import type { LiveTick } from "#lib/contracts/views.ts";

export const WINDOW_MS = 300_000;
/** Figures of nodes that a `sync` may hold; in a larger fleet older ticks leave the nodes out, and charts fetch theirs. */
const MAX_NODE_FIGURES = 60_000;

export class TickRing {
  #ticks = new Map<number, LiveTick>();

  /** Adds a tick, or replaces the one of that second. Which way requests go is told of now alone. */
  put({ flows: _, ...tick }: LiveTick): void {
    this.#ticks.set(tick.atMs, tick);
    for (const atMs of this.#ticks.keys()) if (atMs <= tick.atMs - WINDOW_MS) this.#ticks.delete(atMs);
  }

  clear(): void {
    this.#ticks.clear();
  }

  /** Oldest first. */
  ticks(): LiveTick[] {
    const ticks = [...this.#ticks.values()].toSorted((a, b) => a.atMs - b.atMs);
    const figures = ticks.reduce((sum, tick) => sum + tick.nodes.length, 0);
    if (figures <= MAX_NODE_FIGURES) return ticks;
    return ticks.map((tick, at) => (at === ticks.length - 1 ? tick : { ...tick, nodes: [] }));
  }
}
