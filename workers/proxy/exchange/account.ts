// One exchange's account with its pool: begun once, ended once, whatever happens in between, and within the time that the
// pool gives a request. A base class rather than a part, since every request has one.
import { clockMs, wallMs } from "../clock.ts";
import type { PoolState } from "../state/pool-state.ts";

export abstract class Account {
  protected readonly pool: PoolState;
  /** Whether it is settled: nothing that comes now counts. */
  protected isOver = false;
  readonly #startedMs = clockMs();
  #isBegun = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(pool: PoolState) {
    this.pool = pool;
  }

  /** All the time is over that the pool gives a request. */
  protected abstract tookTooLong(): void;

  protected open(): void {
    this.#isBegun = true;
    this.pool.exchangeStarted(wallMs());
    const { requestMs } = this.pool.config.timeouts;
    if (requestMs > 0) this.#deadline = setTimeout(() => this.tookTooLong(), requestMs);
  }

  protected stopClock(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
  }

  /** @param firstByteMs when the answer began, on the monotonic clock */
  protected close(status: number, failed: boolean, firstByteMs: number, bytesOut: number): void {
    this.isOver = true;
    this.stopClock();
    if (this.#isBegun) this.pool.exchangeDone(status, failed, firstByteMs - this.#startedMs, bytesOut);
  }

  /** The client went away. */
  protected closeAborted(bytesOut: number): void {
    this.isOver = true;
    if (this.#isBegun) this.pool.exchangeAborted(bytesOut);
  }
}
