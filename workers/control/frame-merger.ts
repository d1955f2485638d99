// One frame a second for the whole worker out of one from each proxy process. A second is closed as soon as every
// connected process has told it, else a little after its end; what comes later is counted into the next second, so that
// sums over time are exact and only their place may be off by one.
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { mergeFrames } from "#lib/core/counts.ts";

export const SECOND_MS = 1_000;
/** How long a second waits for processes that have not told it. */
export const WAIT_MS = 250;
/** A process whose clock leads by more than this is counted by ours. */
const MAX_AHEAD_MS = 5_000;

type Open = { frames: MetricFrame[]; from: Set<unknown> };

export class FrameMerger {
  readonly #open = new Map<number, Open>();
  #closedMs = 0;
  /** Says whether nothing may be closed yet: just started, proxies come one by one with the seconds they kept for us. */
  readonly #isHeld: (nowMs: number) => boolean;

  constructor(isHeld: (nowMs: number) => boolean = () => false) {
    this.#isHeld = isHeld;
  }

  /** Takes a process's frame; returns the seconds that are complete by it, given all `connected` processes. */
  add(from: unknown, frame: MetricFrame, connected: readonly unknown[], nowMs: number): MetricFrame[] {
    this.#followClock(nowMs);
    const secondMs = Math.ceil(frame.atMs / SECOND_MS) * SECOND_MS;
    const late = secondMs <= this.#closedMs;
    const ahead = secondMs > nowMs + MAX_AHEAD_MS;
    const atMs = late ? this.#closedMs + SECOND_MS : ahead ? endOfSecond(nowMs) : secondMs;
    const open = this.#open.get(atMs) ?? { frames: [], from: new Set() };
    this.#open.set(atMs, open);
    open.frames.push({ ...(late ? withoutGauges(frame) : frame), atMs });
    if (late) return [];
    open.from.add(from);
    return !this.#isHeld(nowMs) && connected.every((one) => open.from.has(one)) ? this.#closeThrough(atMs) : [];
  }

  /** Closes the seconds that have waited long enough. To be called shortly after each second + WAIT_MS. */
  close(nowMs: number): MetricFrame[] {
    this.#followClock(nowMs);
    if (this.#isHeld(nowMs)) return [];
    return this.#closeThrough(Math.floor((nowMs - WAIT_MS) / SECOND_MS) * SECOND_MS);
  }

  /** Whatever is left, at the end. */
  flush(): MetricFrame[] {
    return this.#closeThrough(Number.POSITIVE_INFINITY);
  }

  #closeThrough(lastMs: number): MetricFrame[] {
    const ready = [...this.#open.keys()].filter((atMs) => atMs <= lastMs).sort((a, b) => a - b);
    return ready.map((atMs) => {
      const { frames } = this.#open.get(atMs) as Open;
      this.#open.delete(atMs);
      this.#closedMs = Math.max(this.#closedMs, atMs);
      return mergeFrames(frames);
    });
  }

  /** A wall clock that was set back must not make every later frame a late one. */
  #followClock(nowMs: number): void {
    if (this.#closedMs > nowMs + MAX_AHEAD_MS) this.#closedMs = endOfSecond(nowMs) - 2 * SECOND_MS;
  }
}

const endOfSecond = (nowMs: number): number => Math.ceil(nowMs / SECOND_MS) * SECOND_MS;

/** Gauges of a second that is over say nothing about the one its counts go to. */
const withoutGauges = (frame: MetricFrame): MetricFrame => ({
  ...frame,
  pools: frame.pools.map(({ queues, connections: _, ...pool }) => ({
    ...pool,
    inFlight: 0,
    queued: 0,
    ...(queues && { queues: queues.map((queue) => ({ ...queue, queued: 0, oldestWaitMs: 0 })) }),
  })),
  nodes: frame.nodes.map(({ concurrencyLimit: _limit, connections: _, ...node }) => ({ ...node, inFlight: 0 })),
  ...(frame.flows && { flows: frame.flows.map(({ queued: _, ...flow }) => ({ ...flow, inFlight: 0 })) }),
});
