import { ChunkedDecoder, type PieceSink } from "../http/chunked.ts";
import type { Fields } from "../http/fields.ts";
import type { BodyFraming } from "../http/request-head.ts";
import type { ClientLimits } from "./limits.ts";

/** Finds the end of a request's body, by length or by chunks, and knows by when more of it is due. */
export class BodyReader {
  readonly #chunks: ChunkedDecoder | null;
  #left: number;
  /** Since when it is being read, later by as long as it was not. */
  #sinceMs: number;
  #pausedAtMs = 0;
  #lastMs = 0;
  #bytes = 0;

  constructor(framing: BodyFraming, nowMs = 0) {
    this.#sinceMs = nowMs;
    this.#chunks = framing.kind === "chunked" ? new ChunkedDecoder() : null;
    this.#left = framing.kind === "length" ? framing.length : 0;
  }

  get isDone(): boolean {
    return this.#chunks === null ? this.#left === 0 : this.#chunks.isDone;
  }
  get trailers(): Fields | null {
    return this.#chunks?.trailers ?? null;
  }
  get fault(): string {
    return this.#chunks?.fault ?? "";
  }

  /** @returns where it stopped: `end`, or where the body ended; -1 when its framing is broken. */
  read(bytes: Buffer, at: number, end: number, sink: PieceSink): number {
    this.#bytes += end - at;
    if (this.#chunks !== null) return this.#chunks.decode(bytes, at, end, sink);
    const stop = Math.min(end, at + this.#left);
    this.#left -= stop - at;
    if (stop > at) sink.piece(bytes, at, stop);
    return stop;
  }

  /** Nothing is read meanwhile: that is not the client's fault. */
  paused(nowMs: number): void {
    this.#pausedAtMs = nowMs;
  }
  resumed(nowMs: number): void {
    if (this.#pausedAtMs > 0) this.#sinceMs += nowMs - this.#pausedAtMs;
    this.#pausedAtMs = 0;
  }

  /**
   * How long the next piece may take. A body that trickles is due before its next piece would be: without that, a byte now
   * and then keeps a connection for ever (slow POST).
   */
  dueInMs(nowMs: number, { bodyIdleMs, minBodyBytesPerSecond }: ClientLimits): number {
    this.#lastMs = nowMs;
    if (minBodyBytesPerSecond === 0) return bodyIdleMs;
    const paceDueMs = this.#sinceMs + bodyIdleMs + (this.#bytes * 1_000) / minBodyBytesPerSecond;
    return Math.min(bodyIdleMs, paceDueMs - nowMs);
  }
  /** Why it is overdue: whether it came, but too slowly. */
  isTooSlow(nowMs: number, { bodyIdleMs }: ClientLimits): boolean {
    return nowMs - this.#lastMs < bodyIdleMs;
  }
}
