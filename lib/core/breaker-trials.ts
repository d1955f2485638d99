// The trials of a half-open breaker, which the processes of a worker make together: each tells the others how many have passed
// with it, and as many as set, wherever they passed, close it. A process makes its part of them at the same time, and beyond
// that one at a time: so it closes though the others get no requests, and no more are out at once than set, and one a process.

/** Another process, and how many trials have passed there in this period. */
export interface Sibling {
  readonly process: number;
  readonly trialsPassed: number;
}

export class Trials {
  passed = 0;
  #out = 0;
  #needed: number;
  #share: number;
  readonly #processes: number;
  readonly #elsewhere = new Map<number, number>();

  /** @param needed to close the breaker, at least 1 */
  constructor(needed: number, processes: number) {
    this.#processes = processes;
    this.#needed = needed;
    this.#share = trialShare(needed, processes);
  }

  configure(needed: number): void {
    this.#needed = needed;
    this.#share = trialShare(needed, this.#processes);
  }

  get #passedInAll(): number {
    let sum = this.passed;
    for (const passed of this.#elsewhere.values()) sum += passed;
    return sum;
  }

  /** Whether enough have passed. */
  get isDone(): boolean {
    return this.#passedInAll >= this.#needed;
  }

  /** Whether another may begin. */
  admits(): boolean {
    if (this.#passedInAll + this.#out >= this.#needed) return false;
    return this.#out === 0 || this.#out + this.passed < this.#share;
  }

  begin(): void {
    this.#out++;
  }
  end(hasPassed: boolean): void {
    this.#out--;
    if (hasPassed) this.passed++;
  }
  /** It says nothing of the node. */
  abort(): void {
    if (this.#out > 0) this.#out--;
  }

  hear({ process, trialsPassed }: Sibling): void {
    this.#elsewhere.set(process, trialsPassed);
  }

  /** Another period begins. */
  reset(): void {
    this.passed = 0;
    this.#out = 0;
    this.#elsewhere.clear();
  }
}

/** How many one of `processes` makes at the same time. */
export const trialShare = (needed: number, processes: number): number => Math.ceil(needed / processes);
