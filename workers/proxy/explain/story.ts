// What is remembered of one request while it lasts. Most have none: one is made for a sample when it begins, for any other
// when an attempt comes to something else than an answer, or when it turns out slow. What an exchange knows anyway is read at
// its end.
import type { RequestAttempt, RequestPick, RequestRecord } from "#lib/contracts/requests.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { repeatsOf } from "#lib/core/explain/attempts.ts";
import { keptQuery } from "#lib/core/explain/query.ts";
import { clockMs, wallMs } from "../clock.ts";
import type { Attempt } from "../exchange/attempt.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { PoolState } from "../state/pool-state.ts";
import type { Trace } from "../tracing/trace.ts";
import { type Seen, see, seeLately } from "./candidates.ts";
import type { Recording } from "./recording.ts";

const MAX_ATTEMPTS = 20;
const MAX_PICKS = 4;
const MAX_PATH = 2_048;

/** What an exchange knows of itself. */
export interface Told {
  readonly head: RequestHead;
  readonly requestId: string;
  readonly clientAddress: string;
  /** Whose answer the client got, or the last one. */
  readonly attempt: Attempt | null;
  readonly queueMs: number;
  readonly bytesIn: number;
}

/** How it ended. */
export interface Ending {
  /** Null: the client left before there was an answer. */
  readonly status: number | null;
  readonly isFailure: boolean;
  readonly isAbort: boolean;
  /** Of an answer of our own. */
  readonly code: string | null;
  /** Monotonic; 0: there was none. */
  readonly firstByteMs: number;
  readonly bytesOut: number;
}

export class Story {
  readonly isSample: boolean;
  readonly #startedMs: number;
  readonly #attempts: RequestAttempt[] = [];
  readonly #picks: RequestPick[] = [];
  readonly #trace: Trace | null;
  #noted = 0;
  #last: Attempt | null = null;

  /** @param startedMs of the request, monotonic @param trace that its attempts are spans of */
  constructor(startedMs: number, isSample: boolean, trace: Trace | null = null) {
    this.#startedMs = startedMs;
    this.isSample = isSample;
    this.#trace = trace;
  }

  /** An attempt is about to be begun: who could have it. Looked at anew for samples only, which are few. */
  picking(pool: PoolState): void {
    if (this.isSample) this.#saw("picked", see(pool, wallMs()));
  }

  /** An attempt ended so. */
  attempted(attempt: Attempt, outcome: Outcome): void {
    this.#last = attempt;
    if (this.#attempts.length < MAX_ATTEMPTS) {
      this.#attempts.push(attempt.told(outcome, this.#startedMs));
      this.#trace?.ended(attempt);
    }
    this.#noted++;
    if (outcome.counts === "failure") this.#saw("failed", seeLately(attempt.node.pool, wallMs()), this.#noted - 1);
  }

  /** No node can be asked. */
  refused(pool: PoolState): void {
    this.#saw("refused", seeLately(pool, wallMs()));
  }

  #saw(when: RequestPick["when"], seen: Seen, attempt = this.#noted): void {
    if (this.#picks.length >= MAX_PICKS) return;
    const { mode, candidates, more } = seen;
    this.#picks.push({ when, attempt, atMs: rounded(seen.clockMs - this.#startedMs), mode, candidates, more });
  }

  /** The whole of it; it is worth keeping when it says why (`kept`). */
  record(told: Told, ending: Ending, recording: Recording, pool: PoolState): RequestRecord {
    // One that was answered was not noted, unless it had a story by then.
    if (told.attempt !== null && told.attempt !== this.#last && !told.attempt.isNoted)
      this.attempted(told.attempt, told.attempt.outcome);
    const kept = this.#kept(ending, recording);
    const nowMs = clockMs();
    const { head } = told;
    const cause = ending.isAbort ? "client-abort" : (this.#attempts.at(-1)?.cause ?? ending.code ?? "ok");
    return {
      requestId: told.requestId,
      atMs: Math.round(wallMs() - (nowMs - this.#startedMs)),
      ...recording.where,
      algorithm: pool.config.algorithm,
      ...targetOf(head, recording),
      clientAddress: told.clientAddress,
      status: ending.status,
      code: ending.code,
      cause: ending.code !== null && (cause === "ok" || cause === "superseded") ? ending.code : cause,
      kept,
      queueMs: rounded(told.queueMs),
      firstByteMs: ending.firstByteMs === 0 ? null : this.#at(ending.firstByteMs),
      tookMs: rounded(nowMs - this.#startedMs),
      bytesIn: told.bytesIn,
      bytesOut: ending.bytesOut,
      attempts: this.#attempts,
      picks: this.#picks,
    };
  }

  #kept(ending: Ending, recording: Recording): RequestRecord["kept"] {
    const kept: RequestRecord["kept"] = [];
    if (ending.isFailure) kept.push("failed");
    // Clients of a stream always leave in the end: only who leaves before there was an answer has a tale to tell.
    if (ending.isAbort && ending.status === null) kept.push("aborted");
    if (ending.firstByteMs - this.#startedMs >= recording.slowMs) kept.push("slow");
    kept.push(...repeatsOf(this.#attempts));
    if (this.isSample) kept.push("sampled");
    return kept;
  }

  #at(ms: number): number {
    return Math.max(0, rounded(ms - this.#startedMs));
  }
}

/** Of the request's target, as far as it may be kept. */
export const targetOf = (head: RequestHead, { query }: Pick<Recording, "query">) => ({
  protocol: head.version === "2" ? "HTTP/2" : `HTTP/${head.version}`,
  method: head.method.slice(0, 40),
  host: head.authority.slice(0, 300),
  path: head.path.slice(0, MAX_PATH),
  query: keptQuery(head.query, query),
});

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
