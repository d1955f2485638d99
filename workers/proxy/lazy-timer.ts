// A time limit that is set and cleared for every request but hardly ever runs out. Setting it again only moves a number;
// the real timer stays armed and, when it fires early, arms itself for the rest. That spares two timers a request.
import { clockMs } from "./clock.ts";

export class LazyTimer {
  #dueMs = Number.POSITIVE_INFINITY;
  #armedForMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #onDue: () => void;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Calls back in `ms` unless it is set again or cleared. */
  set(ms: number): void {
    this.#dueMs = clockMs() + ms;
    if (this.#dueMs < this.#armedForMs) this.#arm(ms);
  }

  get isIdle(): boolean {
    return this.#dueMs === Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** For good: frees the timer too, and whatever sets it from now on arms none, which would hold its owner until then. */
  stop(): void {
    this.clear();
    clearTimeout(this.#timer);
    this.#armedForMs = Number.NEGATIVE_INFINITY;
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#armedForMs = performance.now() + ms;
    // A millisecond more, since timers may fire a fraction early.
    this.#timer = setTimeout(() => this.#fire(), Math.ceil(ms) + 1);
  }

  #fire(): void {
    this.#armedForMs = Number.POSITIVE_INFINITY;
    const leftMs = this.#dueMs - performance.now();
    if (leftMs === Number.POSITIVE_INFINITY) return;
    if (leftMs > 0) {
      this.#arm(leftMs);
      return;
    }
    this.clear();
    this.#onDue();
  }
}
