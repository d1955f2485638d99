import { ChunkedDecoder, type PieceSink } from "../http/chunked.ts";
import type { Fields } from "../http/fields.ts";
import type { BodyFraming } from "../http/request-head.ts";
import { BodyPace } from "./body-pace.ts";

/** Finds the end of a request's body, by length or by chunks. */
export class BodyReader {
  readonly #chunks: ChunkedDecoder | null;
  #left: number;
  readonly pace: BodyPace;

  constructor(framing: BodyFraming, nowMs = 0) {
    this.pace = new BodyPace(nowMs);
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
    this.pace.came(end - at);
    if (this.#chunks !== null) return this.#chunks.decode(bytes, at, end, sink);
    const stop = Math.min(end, at + this.#left);
    this.#left -= stop - at;
    if (stop > at) sink.piece(bytes, at, stop);
    return stop;
  }
}
