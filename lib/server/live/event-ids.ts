import { randomBytes } from "node:crypto";

/**
 * Names of a hub's events: `<run>-<number>`. What everybody gets is counted without a hole, so that tabs which share a stream
 * notice when they miss something (lib/client/stream-position.ts).
 */
export class EventIds {
  readonly #run = randomBytes(6).toString("hex");
  #number = 0;

  /** Of the newest event that everybody got. */
  get newest(): string {
    return `${this.#run}-${this.#number}`;
  }

  /** Of one that everybody gets. */
  next(): string {
    this.#number++;
    return this.newest;
  }
}
