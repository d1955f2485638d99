/** Changes of many nodes at once (a publish, a dead rack) are read together. */
export const NODES_MS = 30;
/** Figures of nodes that are asked one after the other go together. */
export const RESOURCES_MS = 500;

/** Ids that notifications name, until they are read together. */
export class GatheredIds {
  #ids = new Set<string>();

  /** @returns whether they are the first: then it is time to plan when they are read */
  add(payload: string): boolean {
    const isFirst = this.#ids.size === 0;
    for (const id of payload.split(",")) this.#ids.add(id);
    return isFirst;
  }

  take(): ReadonlySet<string> {
    const ids = this.#ids;
    this.#ids = new Set();
    return ids;
  }
}

/** Timers that can be stopped together. */
export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();

  in(delayMs: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
