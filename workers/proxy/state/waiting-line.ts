// Requests waiting for a free slot at a node, first come first served.

export interface Waiting {
  /** Tries to start. False: there is still no slot, it goes on waiting. Otherwise it started, or was answered. */
  tryAgain(): boolean;
}

const MAX_ASKED = 8;

export class WaitingLine {
  readonly #line = new Set<Waiting>();

  get size(): number {
    return this.#line.size;
  }

  join(waiting: Waiting): void {
    this.#line.add(waiting);
  }

  leave(waiting: Waiting): void {
    this.#line.delete(waiting);
  }

  /** A slot is free: the first who can use it gets it. */
  serveNext(): void {
    let asked = 0;
    for (const waiting of this.#line) {
      // Whoever has not tried the node yet can use it: asking a long line to its end would gain nothing.
      if (asked++ === MAX_ASKED) return;
      if (!waiting.tryAgain()) continue;
      this.#line.delete(waiting);
      return;
    }
  }

  /** Something changed for everybody. */
  serveAll(): void {
    for (const waiting of [...this.#line]) if (waiting.tryAgain()) this.#line.delete(waiting);
  }
}
