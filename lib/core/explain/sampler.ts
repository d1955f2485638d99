// Which requests are kept as samples. How many are passed over before the next one is drawn once for all of them (a
// geometric distribution), so that each is as likely as any other and those that are not sampled cost one subtraction.
import type { Random } from "../balance/types.ts";

/** Of a whole number that machines count down quickly. */
const NEVER = 2 ** 30;

export class Sampler {
  readonly #ratio: number;
  readonly #random: Random;
  #left: number;

  /** @param ratio share that is taken, 0–1 */
  constructor(ratio: number, random: Random) {
    this.#ratio = ratio;
    this.#random = random;
    this.#left = this.#draw();
  }

  /** Whether it is this one. */
  next(): boolean {
    if (this.#left > 0) {
      this.#left--;
      return false;
    }
    this.#left = this.#draw();
    return this.#ratio > 0;
  }

  #draw(): number {
    if (this.#ratio <= 0) return NEVER;
    if (this.#ratio >= 1) return 0;
    return Math.min(NEVER, Math.floor(Math.log(1 - this.#random()) / Math.log(1 - this.#ratio)));
  }
}
