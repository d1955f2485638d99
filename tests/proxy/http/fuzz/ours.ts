// What our parsers understand of a stream that comes in pieces, fed to them as the client's and the node's connections do.
import { BodyReader } from "#workers/proxy/client/body-reader.ts";
import { readRequestHead } from "#workers/proxy/client/head-reader.ts";
import { DEFAULT_LIMITS } from "#workers/proxy/client/limits.ts";
import { type Fields, noFields } from "#workers/proxy/http/fields.ts";
import type { RequestHead } from "#workers/proxy/http/request-head.ts";
import { AnswerReader } from "#workers/proxy/upstream/answer-reader.ts";
import type { Message, Reading } from "./seen.ts";

const flat = ({ names, values }: Fields): string[] => names.flatMap((name, i) => [name, values[i] as string]);

class RequestReader {
  readonly reading: Reading = { messages: [], end: "clean" };
  #rest = Buffer.alloc(0);
  #head: RequestHead | null = null;
  #body: BodyReader | null = null;
  #text = "";

  /** Takes one piece. Bytes behind it are not to be looked at, so it lies amid others. */
  take(piece: Buffer): void {
    const { length } = this.#rest;
    const bytes = Buffer.concat([this.#rest, piece, Buffer.from("X\r\n\r\n")]);
    const end = length + piece.length;
    let at = 0;
    while (at < end && this.#isOpen) {
      const next = this.#head === null ? this.#readHead(bytes, at, end) : this.#readBody(bytes, at, end);
      if (next < 0) break;
      at = next;
    }
    this.#rest = Buffer.from(bytes.subarray(at, end));
  }

  get #isOpen(): boolean {
    return this.reading.end !== "refused" && this.reading.end !== "closed";
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const read = readRequestHead(bytes, at, end, DEFAULT_LIMITS);
    if (read.kind === "unfinished") {
      this.reading.end = read.at === end ? "clean" : "unfinished";
      return read.at === end ? end : -1;
    }
    if (read.kind === "fault") {
      this.reading.end = "refused";
      return -1;
    }
    this.#head = read.head;
    this.#text = "";
    this.#body = new BodyReader(read.head.body);
    if (read.head.body.kind === "none") this.#done(noFields());
    else this.reading.end = "unfinished";
    return read.end;
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const body = this.#body as BodyReader;
    const piece = (piece: Buffer, start: number, stop: number) => {
      this.#text += piece.toString("latin1", start, stop);
    };
    const stop = body.read(bytes, at, end, { piece });
    if (stop < 0) this.reading.end = "refused";
    else if (body.isDone) this.#done(body.trailers ?? noFields());
    return stop;
  }

  #done(trailers: Fields): void {
    const { method, path, query, fields, keepAlive } = this.#head as RequestHead;
    const line = `${method} ${path}${query}`;
    this.reading.messages.push({ line, fields: flat(fields), body: this.#text, trailers: flat(trailers) });
    this.reading.end = keepAlive ? "clean" : "closed";
    this.#head = null;
  }
}

export function ourRequests(pieces: readonly Buffer[]): Reading {
  const reader = new RequestReader();
  for (const piece of pieces) reader.take(piece);
  return reader.reading;
}

/** The answer to one request of `method`; interim answers are left out. `closed`: more came than the answer. */
export function ourAnswer(pieces: readonly Buffer[], method: string): Reading {
  const reading: Reading = { messages: [], end: "unfinished" };
  const reader = new AnswerReader();
  let message: Message | null = null;
  reader.expect({
    method,
    interim() {},
    answer({ status, reason, fields }) {
      message = { line: `${status} ${reason}`, fields: flat(fields), body: "", trailers: [] };
    },
    piece(bytes, start, end) {
      if (message) message.body += bytes.toString("latin1", start, end);
    },
    answerEnd(trailers) {
      reading.messages.push({ ...(message as Message), trailers: flat(trailers ?? noFields()) });
      reading.end = "clean";
    },
  });
  for (const piece of pieces) {
    if (reading.end === "clean") reading.end = "closed";
    if (reading.end !== "unfinished") break;
    // Bytes behind the piece are not to be looked at.
    if (reader.read(Buffer.concat([piece, Buffer.from("X\r\n\r\n")]), piece.length) !== null) reading.end = "refused";
  }
  if (reading.end === "unfinished") reader.end();
  else if (reading.end === "clean" && reader.hasSurplus) reading.end = "closed";
  return reading;
}
