// Requests of one class that wait for a free slot, first come first served: who they are, how many there may be and for how
// long, and what became of those before them.
import type { QueueFigures } from "#lib/contracts/metrics.ts";

export interface Waiting {
  /** Tries to start. False: there is still no slot, it goes on waiting. Otherwise it started, or was answered. */
  tryAgain(): boolean;
}

export class ClassQueue {
  readonly name: string;
  maxQueue = 0;
  queueMs = 0;
  /** Share of a node's slots that is kept for higher classes. */
  withheldRatio = 0;
  /** Who waits, and since when by the monotonic clock. */
  #waiting = new Map<Waiting, number>();
  #counts = noCounts();

  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#waiting.size;
  }
  get isFull(): boolean {
    return this.#waiting.size >= this.maxQueue;
  }
  has(waiting: Waiting): boolean {
    return this.#waiting.has(waiting);
  }
  /** In the order in which they came. */
  get waiting(): Iterable<Waiting> {
    return this.#waiting.keys();
  }

  join(waiting: Waiting, nowMs: number): void {
    this.#waiting.set(waiting, nowMs);
  }

  /** @returns whether it was here */
  leave(waiting: Waiting): boolean {
    return this.#waiting.delete(waiting);
  }

  /** Takes over those of a class that is no more, as if they had come here. */
  adopt(other: ClassQueue): void {
    const all = [...this.#waiting, ...other.#waiting].sort(([, a], [, b]) => a - b);
    this.#waiting = new Map(all);
    other.#waiting = new Map();
  }

  /** One that waited got its node. */
  served(waiting: Waiting, nowMs: number): void {
    this.#counts.served++;
    this.#counts.waitedMs += nowMs - (this.#waiting.get(waiting) ?? nowMs);
  }
  refused(): void {
    this.#counts.refused++;
  }
  timedOut(): void {
    this.#counts.timedOut++;
  }

  /** Since the last call; gauges are those of now. Null when there is nothing to tell. */
  takeFigures(nowMs: number): QueueFigures | null {
    const { served, refused, timedOut } = this.#counts;
    const [oldestMs = nowMs] = this.#waiting.values();
    if (this.#waiting.size + served + refused + timedOut === 0) return null;
    const { name, size } = this;
    const figures = { name, queued: size, oldestWaitMs: Math.max(0, nowMs - oldestMs), ...this.#counts };
    this.#counts = noCounts();
    return figures;
  }
}

const noCounts = () => ({ served: 0, waitedMs: 0, refused: 0, timedOut: 0 });
