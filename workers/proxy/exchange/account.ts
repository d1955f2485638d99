// One exchange's account with its pool: begun once, ended once, whatever happens in between, and within the time that the
// pool gives a request; and what is remembered of it, if anything is. A base class rather than a part, since every request has
// one.

import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { clockMs, wallMs } from "../clock.ts";
import type { Recording } from "../explain/recording.ts";
import { type Ending, Story, type Told } from "../explain/story.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Flow } from "../state/flows.ts";
import type { PoolState } from "../state/pool-state.ts";
import type { Trace } from "../tracing/trace.ts";
import type { Attempt } from "./attempt.ts";

/** What a configuration makes of a request that goes to a pool. */
export interface Origin {
  readonly pool: PoolState;
  /** Where it counts in the pool. */
  readonly flow: Flow;
  readonly recording: Recording;
}

export abstract class Account {
  protected readonly pool: PoolState;
  /** Where it counts; with its class, from when it begins, where the pool has classes. */
  flow: Flow;
  /** What is remembered of it; null for most. */
  story: Story | null = null;
  /** Null: traces are off, or its trace passes unrecorded and as it came. */
  readonly trace: Trace | null;
  /** Of an answer of our own. */
  protected ownCode: ProxyProblemCode | null = null;
  /** Whether it is settled: nothing that comes now counts. */
  protected isOver = false;
  readonly #recording: Recording;
  readonly #startedMs = clockMs();
  #isBegun = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor({ pool, flow, recording }: Origin, head: RequestHead, connectionFields: string) {
    this.trace = recording.tracing === null ? null : recording.tracing.begin(head, connectionFields);
    this.pool = pool;
    this.flow = flow;
    this.#recording = recording;
  }

  /** All the time is over that the pool gives a request. */
  protected abstract tookTooLong(): void;
  /** What there is to tell of it. */
  protected abstract told(): Told;

  protected open(): void {
    this.#isBegun = true;
    this.pool.exchangeStarted(this.flow, wallMs());
    const isSample = this.#recording.isSample();
    if (isSample || this.trace?.isSampled) this.story = new Story(this.#startedMs, isSample, this.trace);
    const { requestMs } = this.pool.config.timeouts;
    if (requestMs > 0) this.#deadline = setTimeout(() => this.tookTooLong(), requestMs);
  }

  /** The head as nodes get it, but for what each attempt tells of its trace. */
  protected traced(head: RequestHead): RequestHead {
    return this.trace === null ? head : this.trace.forNodes(head);
  }

  protected stopClock(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
  }

  /** An attempt ended in something that may be worth remembering. */
  note(attempt: Attempt, outcome: Outcome): void {
    if (!this.#recording.remembers) return;
    this.story ??= new Story(this.#startedMs, false);
    this.story.attempted(attempt, outcome);
  }

  /** @param firstByteMs when the answer began, on the monotonic clock @param cause of a failure */
  protected close(status: number, failed: boolean, firstByteMs: number, bytesOut: number, cause: string): void {
    this.isOver = true;
    this.stopClock();
    const latencyMs = firstByteMs - this.#startedMs;
    if (this.#isBegun) this.pool.exchangeDone(this.flow, status, failed, latencyMs, bytesOut, cause);
    const isLogged = this.#recording.isLogged();
    if (failed || this.story !== null || isLogged || latencyMs >= this.#recording.slowMs)
      this.#remember(
        { status, isFailure: failed, isAbort: false, code: this.ownCode, firstByteMs, bytesOut },
        isLogged,
      );
  }

  /** The client went away. @param status of the answer that had begun; null: none had */
  protected closeAborted(status: number | null, firstByteMs: number, bytesOut: number): void {
    this.isOver = true;
    if (this.#isBegun) this.pool.exchangeAborted(this.flow, bytesOut);
    const isLogged = this.#recording.isLogged();
    if (status === null || this.story !== null || isLogged)
      this.#remember({ status, isFailure: false, isAbort: true, code: null, firstByteMs, bytesOut }, isLogged);
  }

  #remember(ending: Ending, isLogged: boolean): void {
    const { pool } = this;
    const recording = this.#recording;
    if (!recording.remembers) return;
    const told = this.told();
    const story = this.story ?? new Story(this.#startedMs, false);
    if (told.attempt === null) story.refused(pool);
    const record = story.record(told, ending, recording, pool);
    recording.take(record, isLogged);
    if (this.trace !== null) recording.tracing?.ended(record, this.trace);
  }
}
