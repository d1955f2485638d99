// A request that no node takes at once: it waits in its pool's line for a free slot, or is refused with the reason. Made
// only then: most requests never wait.

import { DEFAULT_CLASS } from "#lib/contracts/config.ts";
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import { whyUnavailable } from "#lib/core/unavailable.ts";
import { clockMs } from "../clock.ts";
import { fieldValue } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ClassQueue, Waiting } from "../state/class-queue.ts";
import type { Flow } from "../state/flows.ts";
import type { PoolState } from "../state/pool-state.ts";
import type { Attempts, Begun } from "./attempts.ts";
import type { ExchangeClient } from "./exchange-client.ts";

/** The exchange whose turn it is about. */
export interface TurnOwner {
  /** As the client sent it: what its class goes by. */
  readonly clientHead: RequestHead;
  /** Where it counts. */
  flow: Flow;
  /** That its route gives it; empty: none. */
  readonly requestClass: string;
  /** Answers it with a problem. @param detail what the code's own would not say */
  refuse(code: ProxyProblemCode, detail?: string, retryAfterSeconds?: number): void;
}

/** Where a request of the pool waits, if it has to. */
function queueFor({ requestClass, clientHead }: TurnOwner, { line }: PoolState): ClassQueue {
  const { path, fields } = clientHead;
  return line.queueOf(requestClass, { path, header: (name) => fieldValue(fields, name) });
}

/** By its class a request counts, and so many slots are kept from it. For pools with classes, before it begins. */
export function enterClass(owner: TurnOwner, pool: PoolState, attempts: Attempts): void {
  const { name, withheldRatio } = queueFor(owner, pool);
  owner.flow = owner.flow.ofClass(name);
  attempts.withheld = withheldRatio;
}

export class Turn implements Waiting {
  readonly #owner: TurnOwner;
  readonly #attempts: Attempts;
  readonly #pool: PoolState;
  readonly #client: ExchangeClient;
  /** Where it waits, or waited last. */
  #queue: ClassQueue | null = null;
  /** Since when it waits, monotonic, and for how long it has waited before; for those who ask later. */
  #joinedMs: number | null = null;
  #waitedMs = 0;

  constructor(owner: TurnOwner, attempts: Attempts, pool: PoolState, client: ExchangeClient) {
    this.#owner = owner;
    this.#attempts = attempts;
    this.#pool = pool;
    this.#client = client;
  }

  /** @param begun why no node took it */
  waitOrRefuse(begun: Exclude<Begun, "started">): void {
    if (begun === "none") {
      this.#refuseForWantOfNodes();
      return;
    }
    const queue = this.#queueOf();
    if (queue.isFull) {
      queue.refused();
      this.#owner.flow.countWait("queueRefused");
      this.#owner.refuse("queue-full", `all nodes are busy and the queue${ofClass(queue)} is full`);
    } else {
      if (this.#joinedMs === null) {
        this.#joinedMs = clockMs();
        this.#owner.flow.queued++;
      }
      this.#pool.line.join(this, queue);
      this.#client.limitWait(queue.queueMs);
    }
  }

  #queueOf(): ClassQueue {
    this.#queue = queueFor(this.#owner, this.#pool);
    return this.#queue;
  }

  tryAgain(): boolean {
    const begun = this.#attempts.begin();
    if (begun === "full") return false;
    const nowMs = clockMs();
    const sinceMs = this.#joinedMs ?? nowMs;
    this.#waited();
    this.#client.limitWait(null); // However it ends: the limit must not catch the connection's next request.
    if (begun === "none") this.#refuseForWantOfNodes();
    else {
      this.#queue?.served(this, nowMs);
      this.#owner.flow.servedAfter(nowMs - sinceMs);
    }
    return true;
  }

  waitedTooLong(): void {
    const queue = this.#queue as ClassQueue;
    this.leave();
    queue.timedOut();
    this.#owner.flow.countWait("queueTimedOut");
    this.#owner.refuse("queue-timeout", `no node became free in time for the queue${ofClass(queue)}`);
  }

  /** Waits no more. */
  leave(): void {
    this.#waited();
    this.#pool.line.leave(this);
  }

  #waited(): void {
    this.#waitedMs = this.waitedMs;
    if (this.#joinedMs !== null) this.#owner.flow.queued--;
    this.#joinedMs = null;
  }
  /** So far, in all. */
  get waitedMs(): number {
    return this.#joinedMs === null ? this.#waitedMs : this.#waitedMs + clockMs() - this.#joinedMs;
  }

  #refuseForWantOfNodes(): void {
    const { code, detail, retryAfterSeconds } = whyUnavailable(this.#pool.nodes, Date.now());
    this.#owner.refuse(code, detail, retryAfterSeconds);
  }
}

const ofClass = ({ name }: ClassQueue): string => (name === DEFAULT_CLASS ? "" : ` of the class ${name}`);
