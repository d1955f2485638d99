// Reads the body of an answer by its framing, up to a bound. What lies beyond is never kept.
import { ChunkedDecoder, type PieceSink } from "#workers/proxy/http/chunked.ts";
import type { AnswerFraming } from "#workers/proxy/http/response-head.ts";

type State = "more" | "whole" | "cut" | "broken";

export class AnswerBody implements PieceSink {
  readonly #framing: AnswerFraming;
  readonly #maxBytes: number;
  readonly #pieces: Buffer[] = [];
  readonly #decoder: ChunkedDecoder | null;
  #bytes = 0;
  #isCut = false;

  constructor(framing: AnswerFraming, maxBytes: number) {
    this.#framing = framing;
    this.#maxBytes = maxBytes;
    this.#decoder = framing.kind === "chunked" ? new ChunkedDecoder() : null;
  }

  /** `more` is needed; it is `whole`; it is `cut` at the bound; or its chunks are `broken`. */
  push(chunk: Buffer): State {
    switch (this.#framing.kind) {
      case "none":
        return "whole";
      case "chunked":
        if (this.#decoder?.decode(chunk, 0, chunk.length, this) === -1) return "broken";
        break;
      case "length":
        this.piece(chunk, 0, Math.min(chunk.length, this.#framing.length - this.#bytes));
        break;
      case "eof":
        this.piece(chunk, 0, chunk.length);
    }
    if (this.#isCut) return "cut";
    const isWhole = this.#decoder?.isDone || (this.#framing.kind === "length" && this.#bytes === this.#framing.length);
    return isWhole ? "whole" : "more";
  }

  /** Whether the end of the connection is the end of the body. */
  get endsWithConnection(): boolean {
    return this.#framing.kind === "eof";
  }
  get isCut(): boolean {
    return this.#isCut;
  }
  text(): string {
    return Buffer.concat(this.#pieces).toString("utf8");
  }

  piece(bytes: Buffer, start: number, end: number): void {
    const room = this.#maxBytes - this.#bytes;
    if (end - start > room) this.#isCut = true;
    const kept = bytes.subarray(start, Math.min(end, start + room));
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#bytes += kept.length;
  }
}
