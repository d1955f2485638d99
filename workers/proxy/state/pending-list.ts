// Attempts in the order in which they began to wait, linked through themselves: joining and leaving cost a few writes.
import type { Flow } from "./flows.ts";
import type { NodeState } from "./node-state.ts";

/** An attempt that waits for its connection, or for the first byte of its answer. */
export abstract class Pending {
  abstract readonly node: NodeState;
  /** Where its request counts. */
  abstract readonly flow: Flow;
  /** Since when it waits for what it waits for now; monotonic. */
  waitsSinceMs = 0;
  list: PendingList | null = null;
  before: Pending | null = null;
  after: Pending | null = null;
  /** Whether a second copy may be sent. */
  abstract readonly mayBeHedged: boolean;
  /** Asks a second node too. @returns whether there was one to ask */
  abstract askAnother(): boolean;
}

export class PendingList {
  first: Pending | null = null;
  #last: Pending | null = null;

  join(pending: Pending): void {
    pending.list = this;
    pending.before = this.#last;
    if (this.#last === null) this.first = pending;
    else this.#last.after = pending;
    this.#last = pending;
  }

  leave(pending: Pending): void {
    const { before, after } = pending;
    if (before === null) this.first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    pending.list = pending.before = pending.after = null;
  }
}
