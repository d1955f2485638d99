// The attempts of one request: the one that is on, at times a second copy of it at another node, and one whose answer is
// held in case no node does better. However many there are, each is settled once, and one at most gets to the client.
import type { Outcome } from "#lib/core/classify.ts";
import { wallMs } from "../clock.ts";
import type { NodeState } from "../state/node-state.ts";
import type { PoolState } from "../state/pool-state.ts";
import { firstChoice, keepsSession } from "../sticky/first-choice.ts";
import type { Held, NodePicker, Session } from "../sticky/session.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptOwner } from "./attempt-owner.ts";

/** `full`: only nodes without a free slot are left; `none`: no node is. */
export type Begun = "started" | "full" | "none";

export class Attempts implements NodePicker {
  /** For consistent hashing. */
  hash = 0;
  /** Share of a node's slots that is kept for higher classes than the request's. */
  withheld = 0;
  current: Attempt | null = null;
  /** Nodes that have been asked. */
  readonly tried: NodeState[] = [];
  #copy: Attempt | null = null;
  /** Neither of the two has sent anything: the first to connect is the only one to send. */
  #isRace = false;
  /** The session's home, where a copy beside it was quicker. */
  #overtaken: NodeState | null = null;
  /** Answered, settled, unread. */
  #held: Attempt | null = null;

  readonly #owner: AttemptOwner;
  readonly #pool: PoolState;
  readonly session: Session | null;

  constructor(owner: AttemptOwner, pool: PoolState, session: Session | null) {
    this.#owner = owner;
    this.#pool = pool;
    this.session = session;
  }

  get hasCopy(): boolean {
    return this.#copy !== null;
  }
  get hasHeld(): boolean {
    return this.#held !== null;
  }

  /** Tries a node that has not been tried. */
  begin(): Begun {
    const nowMs = wallMs();
    const node = this.#pick(nowMs);
    if (node === null) return this.#pool.hasFullNode(this.tried, this.withheld) ? "full" : "none";
    this.#try(node, nowMs);
    return "started";
  }

  /** @returns whether it is found out first where the request's session belongs: then `held` goes on soon */
  findHome(held: Held): boolean {
    return this.session?.find(this, held) ?? false;
  }

  propose(): NodeState | null {
    return this.#pool.pick(wallMs(), this.hash, this.tried, this.#owner.isHedged, this.withheld);
  }

  #pick(nowMs: number): NodeState | null {
    this.#owner.story?.picking(this.#pool);
    const isSafe = this.#owner.isHedged;
    const bound =
      this.session === null ? null : firstChoice(this.session.node, nowMs, this.tried, isSafe, this.withheld);
    return bound ?? this.#pool.pick(nowMs, this.hash, this.tried, isSafe, this.withheld);
  }

  #try(node: NodeState, nowMs: number): void {
    this.tried.push(node);
    const attempt = new Attempt(this.#owner, node, nowMs);
    this.current = attempt;
    attempt.start();
  }

  /**
   * Whether the session's own node is at it and may only take its time: no other has what belongs to the session. One that
   * says nothing at all while others answer is as good as gone.
   */
  get isAtHome(): boolean {
    const { session, current } = this;
    if (session === null || current === null || session.home !== current.node) return false;
    return current.sentAnything && !current.node.suspicion.isSuspect && !this.#pool.watch.isSilent(current);
  }

  /** Whether the answer comes from another node than the session's home, which is slow but not known to be out. */
  get isStandIn(): boolean {
    const home = this.#overtaken;
    return home !== null && this.current?.node !== home && keepsSession(home, wallMs());
  }

  /** Sends a second copy, besides `slow`. @returns false when there is no node for it, or it would not help */
  beginCopy(slow: Attempt): boolean {
    if (this.current !== slow || this.hasCopy || this.isAtHome || !this.#owner.body.isReplayable) return false;
    const nowMs = wallMs();
    const isLost = !slow.sentAnything || slow.node.suspicion.isSuspect;
    this.#owner.story?.picking(this.#pool);
    const node = this.#pool.pickOther(nowMs, this.hash, this.tried, isLost, this.withheld);
    if (node === null) return false;
    slow.node.counts.hedges++;
    this.#owner.flow.hedges++;
    this.tried.push(node);
    const attempt = new Attempt(this.#owner, node, nowMs);
    this.#isRace = !this.current?.sentAnything;
    this.#copy = attempt;
    attempt.start();
    return true;
  }

  connected(attempt: Attempt): void {
    if (this.#isRace) this.keepOnly(attempt);
  }

  /** It is the one: a copy beside it has lost. */
  keepOnly(attempt: Attempt): void {
    if (this.#copy === null) return;
    const loser = attempt === this.current ? this.#copy : this.current;
    if (loser !== null && loser.node === this.session?.home) this.#overtaken = loser.node;
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

  /** Holds its answer for another node's, which may be on its way already. @returns "asked" when one was asked for that */
  askBetter(attempt: Attempt): "asked" | "on-its-way" | "nobody" {
    if (this.goesOnWithout(attempt)) {
      this.#hold(attempt);
      return "on-its-way";
    }
    const nowMs = wallMs();
    const next = this.#pick(nowMs);
    if (next === null) return "nobody";
    this.#hold(attempt);
    this.#try(next, nowMs);
    return "asked";
  }

  #hold(attempt: Attempt): void {
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
