// Reads the answers of one node connection: heads, then bodies framed by length, chunks or the connection's end. Pieces go
// to the exchange at once; an exchange may hold the answer, and what has been read but not handed on is kept until then.
import { ChunkedDecoder, type PieceSink } from "../http/chunked.ts";
import type { Fields } from "../http/fields.ts";
import { headEnd, unfinishedHeadIsBroken } from "../http/head-end.ts";
import { DEFAULT_MAX_HEAD } from "../http/request-head.ts";
import { parseResponseHead, type ResponseHead } from "../http/response-head.ts";

/** Who an answer is for. The reader stops as soon as `isWaiting` says no, which any of the calls may bring about. */
export interface AnswerSink extends PieceSink {
  readonly method: string;
  interim(head: ResponseHead): void;
  answer(head: ResponseHead): void;
  /** The answer is whole. `trailers` only behind a chunked body. */
  answerEnd(trailers: Fields | null): void;
}

/** Interim answers before one answer: more are no hints but a flood that the client would have to wade through. */
const MAX_INTERIMS = 100;

type Phase = "idle" | "head" | "length" | "chunked" | "eof" | "tunnel";

export class AnswerReader {
  #phase: Phase = "idle";
  #sink: AnswerSink | null = null;
  #left = 0;
  #chunks: ChunkedDecoder | null = null;
  /** Bytes read but not handled: the start of a head, or what follows the head of a held answer. */
  #rest: Buffer | null = null;
  #isHeld = false;
  #interims = 0;
  /** Whether the last read brought more than the answer it ended: such a connection serves nobody else. */
  hasSurplus = false;

  /** Whether not one byte of an answer has come yet. */
  get isUntouched(): boolean {
    return this.#phase === "head" && this.#rest === null && this.#interims === 0;
  }
  get isHeld(): boolean {
    return this.#isHeld;
  }
  get endsWithConnection(): boolean {
    return this.#phase === "eof" || this.#phase === "tunnel";
  }

  expect(sink: AnswerSink): void {
    this.#sink = sink;
    this.#phase = "head";
    this.#rest = null;
    this.#isHeld = false;
    this.#interims = 0;
    this.hasSurplus = false;
  }

  /** Nobody wants the rest of this answer. */
  drop(): void {
    this.#sink = null;
    this.#phase = "idle";
    this.#rest = null;
    this.#isHeld = false;
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** Goes on with a held answer, for `sink`. */
  unhold(): string | null {
    this.#isHeld = false;
    const rest = this.#rest;
    this.#rest = null;
    if (rest) return this.#consume(rest, 0, rest.length);
    if (this.#phase === "length" && this.#left === 0) this.#finish(null, false);
    return null;
  }

  /** What follows goes to `sink` as it comes. */
  becomeTunnel(sink: AnswerSink): void {
    this.#sink = sink;
    this.#phase = "tunnel";
  }

  /** @returns null, or why the node's answer is broken. */
  read(bytes: Buffer, length: number): string | null {
    if (this.#rest === null) return this.#consume(bytes, 0, length);
    const joined = Buffer.concat([this.#rest, bytes.subarray(0, length)]);
    this.#rest = null;
    return this.#consume(joined, 0, joined.length);
  }

  /** The connection ended. @returns whether that made the answer whole. */
  end(): boolean {
    if (!this.endsWithConnection || this.#isHeld) return false;
    this.#finish(null, false);
    return true;
  }

  #consume(bytes: Buffer, start: number, end: number): string | null {
    let at = start;
    while (at < end) {
      if (this.#isHeld) {
        this.#rest = Buffer.from(bytes.subarray(at, end));
        return null;
      }
      const sink = this.#sink;
      if (sink === null) return "bytes that answer no request";
      if (this.#phase === "head") {
        const next = this.#readHead(bytes, at, end, sink);
        if (typeof next === "string") return next;
        if (next < 0) return null;
        at = next;
      } else if (this.#phase === "length") {
        const stop = Math.min(end, at + this.#left);
        this.#left -= stop - at;
        sink.piece(bytes, at, stop);
        at = stop;
        if (this.#left === 0 && this.#sink === sink) this.#finish(null, at < end);
      } else if (this.#phase === "chunked") {
        const chunks = this.#chunks as ChunkedDecoder;
        at = chunks.decode(bytes, at, end, sink);
        if (at < 0) return chunks.fault;
        if (chunks.isDone && this.#sink === sink) this.#finish(chunks.trailers, at < end);
      } else {
        sink.piece(bytes, at, end);
        at = end;
      }
      // The exchange let go of this connection, or another has it by now: the rest is nobody's.
      if (this.#sink !== sink && this.#phase !== "tunnel") return null;
    }
    return null;
  }

  /** @returns where the head ended, -1 when it is not whole, or what is wrong. */
  #readHead(bytes: Buffer, at: number, end: number, sink: AnswerSink): number | string {
    const stop = headEnd(bytes, at, end);
    if ((stop < 0 ? end : stop) - at > DEFAULT_MAX_HEAD) return "head too large";
    if (stop < 0) {
      if (unfinishedHeadIsBroken(bytes, at, end)) return "forbidden byte in the head";
      this.#rest = Buffer.from(bytes.subarray(at, end));
      return -1;
    }
    const head = parseResponseHead(bytes.toString("latin1", at, stop), sink.method);
    if (typeof head === "string") return head;
    if (head.status < 200 && head.status !== 101) {
      if (++this.#interims > MAX_INTERIMS) return "too many interim answers";
      sink.interim(head);
      return stop;
    }
    this.#startBody(head);
    sink.answer(head);
    // Held, dropped or not: an answer without body is whole with its head.
    if (head.body.kind === "none" && head.status !== 101 && !this.#isHeld && this.#sink === sink)
      this.#finish(null, stop < end);
    return stop;
  }

  #startBody(head: ResponseHead): void {
    const { body } = head;
    if (body.kind === "none") this.#left = 0;
    else if (body.kind === "length") this.#left = body.length;
    if (body.kind === "chunked") this.#chunks = new ChunkedDecoder();
    this.#phase = body.kind === "none" ? "length" : body.kind;
  }

  #finish(trailers: Fields | null, hasSurplus: boolean): void {
    const sink = this.#sink;
    this.hasSurplus = hasSurplus;
    this.drop();
    sink?.answerEnd(trailers);
  }
}
