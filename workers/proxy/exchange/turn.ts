// A request that no node takes at once: it waits in its pool's line for a free slot, or is refused with the reason. Made
// only then: most requests never wait.
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import { whyUnavailable } from "#lib/core/unavailable.ts";
import type { PoolState } from "../state/pool-state.ts";
import type { Waiting } from "../state/waiting-line.ts";
import type { Attempts, Begun } from "./attempts.ts";
import type { ExchangeClient } from "./exchange-client.ts";

/** The exchange whose turn it is about. */
export interface TurnOwner {
  /** Answers it with a problem. @param detail what the code's own would not say */
  refuse(code: ProxyProblemCode, detail?: string, retryAfterSeconds?: number): void;
}

export class Turn implements Waiting {
  readonly #owner: TurnOwner;
  readonly #attempts: Attempts;
  readonly #pool: PoolState;
  readonly #client: ExchangeClient;

  constructor(owner: TurnOwner, attempts: Attempts, pool: PoolState, client: ExchangeClient) {
    this.#owner = owner;
    this.#attempts = attempts;
    this.#pool = pool;
    this.#client = client;
  }

  /** @param begun why no node took it */
  waitOrRefuse(begun: Exclude<Begun, "started">): void {
    const { line, config } = this.#pool;
    if (begun === "none") this.#refuseForWantOfNodes();
    else if (line.size >= config.maxQueue) this.#owner.refuse("queue-full");
    else {
      line.join(this);
      this.#client.limitWait(config.timeouts.queueMs);
    }
  }

  tryAgain(): boolean {
    const begun = this.#attempts.begin();
    if (begun === "full") return false;
    this.#client.limitWait(null); // However it ends: the limit must not catch the connection's next request.
    if (begun === "none") this.#refuseForWantOfNodes();
    return true;
  }

  waitedTooLong(): void {
    this.leave();
    this.#owner.refuse("queue-timeout");
  }

  /** Waits no more. */
  leave(): void {
    this.#pool.line.leave(this);
  }

  #refuseForWantOfNodes(): void {
    const { code, detail, retryAfterSeconds } = whyUnavailable(this.#pool.nodes, Date.now());
    this.#owner.refuse(code, detail, retryAfterSeconds);
  }
}
