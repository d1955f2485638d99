// The attempts of one request: the one that is on, at times a second copy of it at another node, and one whose answer is
// held in case no node does better. However many there are, each is settled once, and one at most gets to the client.
import type { Outcome } from "#lib/core/classify.ts";
import type { NodeState } from "../state/node-state.ts";
import type { Attempt } from "./attempt.ts";

export class Attempts {
  current: Attempt | null = null;
  /** Nodes that have been asked. */
  readonly tried: NodeState[] = [];
  #copy: Attempt | null = null;
  /** Neither of the two has sent anything: the first to connect is the only one to send. */
  #isRace = false;
  /** Answered, settled, unread. */
  #held: Attempt | null = null;

  get hasCopy(): boolean {
    return this.#copy !== null;
  }
  get hasHeld(): boolean {
    return this.#held !== null;
  }

  begin(attempt: Attempt): void {
    this.tried.push(attempt.node);
    this.current = attempt;
    attempt.start();
  }

  /** Starts a second copy besides the current one. */
  beginCopy(attempt: Attempt): void {
    this.tried.push(attempt.node);
    this.#isRace = !this.current?.sentAnything;
    this.#copy = attempt;
    attempt.start();
  }

  connected(attempt: Attempt): void {
    if (this.#isRace) this.keepOnly(attempt);
  }

  /** It is the one: a copy beside it has lost. */
  keepOnly(attempt: Attempt): void {
    if (this.#copy === null) return;
    const loser = attempt === this.current ? this.#copy : this.current;
    this.#keep(attempt);
    loser?.lose();
  }

  /** It failed, or is held: the copy beside it goes on, if there is one. @returns whether there is */
  goesOnWithout(attempt: Attempt): boolean {
    if (this.#copy === null) return false;
    this.#keep((attempt === this.current ? this.#copy : this.current) as Attempt);
    return true;
  }

  #keep(attempt: Attempt): void {
    this.current = attempt;
    this.#copy = null;
    this.#isRace = false;
  }

  /** Keeps its answer, unread, in case no other node does better. */
  hold(attempt: Attempt): void {
    attempt.hold();
    attempt.settleAnswered(0);
    this.#held?.abandon();
    this.#held = attempt;
  }

  /** No node did better: the held one is the current one again. */
  takeHeld(): Attempt | null {
    const held = this.#held;
    if (held !== null) this.current = held;
    this.#held = null;
    return held;
  }

  abandonHeld(): void {
    this.#held?.abandon();
    this.#held = null;
  }

  /** The client is gone. */
  abandonAll(outcome: Outcome, bytesOut: number): void {
    for (const attempt of [this.current, this.#copy]) {
      attempt?.abandon();
      attempt?.settle(outcome, bytesOut);
    }
    this.abandonHeld();
  }
}
