// Lets few through at once; the others wait in line.

export class Turnstile {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Runs `work` when it is its turn. Who is no longer wanted by then does not run, and its promise stays open. */
  pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#line.push(() => {
        if (signal?.aborted) return;
        this.#free--;
        const run = work();
        run.then(resolve, reject);
        const leave = () => {
          this.#free++;
          this.#next();
        };
        run.then(leave, leave);
      });
      this.#next();
    });
  }

  #next(): void {
    while (this.#free > 0) {
      const enter = this.#line.shift();
      if (!enter) return;
      enter();
    }
  }
}
