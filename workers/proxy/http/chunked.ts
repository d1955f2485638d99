// Incremental decoder of the chunked coding (RFC 9112 §7.1). Strict, since lenient chunk parsing is where request smuggling
// lives: hexadecimal digits only, CRLF only, extensions checked, bounded and dropped, trailers held to the rules of heads.
import { ChunkExtension } from "./chunk-extension.ts";
import { Field, type Fields, noFields, scanFields } from "./fields.ts";

const MAX_EXTENSION = 256;
const MAX_TRAILERS = 8_192;
const MAX_SIZE_DIGITS = 13;

const State = { sizeStart: 0, size: 1, extension: 2, sizeLf: 3, data: 4, dataCr: 5, dataLf: 6, trailers: 7, done: 8 };

const CR = 13;
const LF = 10;
const SEMICOLON = 59;

const HEX = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX[i.toString(16).charCodeAt(0)] = i;
  HEX[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}

/** What a reader that merges trailers into the head would frame the body by (RFC 9110 §6.5.1). */
const isFraming = (kind: number): boolean => kind === Field.contentLength || kind === Field.transferEncoding;

/** Takes the pieces of a body. They are views of a buffer that is used again: copy what must last. */
export interface PieceSink {
  piece(bytes: Buffer, start: number, end: number): void;
}

export class ChunkedDecoder {
  /** What is wrong, once `decode` answered -1. */
  fault = "";
  /** Trailer fields, once `isDone`. */
  trailers: Fields = noFields();
  #state = State.sizeStart;
  #left = 0;
  #digits = 0;
  #extension = 0;
  /** Made with the first one: hardly anybody sends any. */
  #grammar: ChunkExtension | null = null;
  #trailerText = "";

  get isDone(): boolean {
    return this.#state === State.done;
  }

  /**
   * Decodes what lies between `start` and `end`; data goes to `sink` at once.
   * @returns where it stopped: `end`, or less when the body ended before; -1 when the coding is broken.
   */
  decode(bytes: Buffer, start: number, end: number, sink: PieceSink): number {
    let at = start;
    while (at < end && this.#state !== State.done) {
      if (this.#state === State.data) {
        const stop = Math.min(end, at + this.#left);
        sink.piece(bytes, at, stop);
        this.#left -= stop - at;
        at = stop;
        if (this.#left === 0) this.#state = State.dataCr;
      } else if (this.#state === State.trailers) {
        at = this.#takeTrailers(bytes, at, end);
        if (at < 0) return -1;
      } else if (!this.#step(bytes[at++] as number)) return -1;
    }
    return at;
  }

  /** One byte of framing. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case State.sizeStart:
      case State.size:
        return this.#sizeByte(byte);
      case State.extension:
        return this.#extensionByte(byte);
      case State.sizeLf:
        if (byte !== LF) return this.#broken("chunk size line without CRLF");
        this.#state = this.#left === 0 ? State.trailers : State.data;
        return true;
      case State.dataCr:
        if (byte !== CR) return this.#broken("chunk data longer than its size");
        this.#state = State.dataLf;
        return true;
      default:
        if (byte !== LF) return this.#broken("chunk data without CRLF");
        this.#state = State.sizeStart;
        this.#digits = 0;
        this.#extension = 0;
        return true;
    }
  }

  #sizeByte(byte: number): boolean {
    const digit = HEX[byte] as number;
    if (digit >= 0) {
      if (++this.#digits > MAX_SIZE_DIGITS) return this.#broken("chunk size too large");
      this.#left = this.#left * 16 + digit;
      this.#state = State.size;
      return true;
    }
    if (this.#state === State.sizeStart) return this.#broken("chunk size missing");
    if (byte === CR) this.#state = State.sizeLf;
    else if (byte === SEMICOLON) this.#startExtension();
    else return this.#broken("malformed chunk size");
    return true;
  }

  #startExtension(): void {
    this.#state = State.extension;
    this.#grammar ??= new ChunkExtension();
    this.#grammar.start();
  }

  #extensionByte(byte: number): boolean {
    const grammar = this.#grammar as ChunkExtension;
    if (byte === CR && grammar.mayEnd) this.#state = State.sizeLf;
    else if (!grammar.take(byte)) return this.#broken("malformed chunk extension");
    else if (++this.#extension > MAX_EXTENSION) return this.#broken("chunk extension too long");
    return true;
  }

  /** Trailer section: empty, or fields; ends with an empty line. */
  #takeTrailers(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const byte = bytes[at++] as number;
      if (byte !== LF && this.#trailerText.endsWith("\r")) return this.#brokenAt("bare carriage return in trailers");
      this.#trailerText += String.fromCharCode(byte);
      if (this.#trailerText.length > MAX_TRAILERS) return this.#brokenAt("trailers too long");
      if (byte !== LF) continue;
      if (this.#trailerText === "\r\n" || this.#trailerText.endsWith("\r\n\r\n")) {
        const text = this.#trailerText;
        const wrong = scanFields(text, 0, text.length - 2, this.trailers);
        if (wrong !== null) return this.#brokenAt(wrong);
        if (this.trailers.kinds.some(isFraming)) return this.#brokenAt("a framing field in trailers");
        this.#state = State.done;
        return at;
      }
      if (!this.#trailerText.endsWith("\r\n")) return this.#brokenAt("bare line feed in trailers");
    }
    return at;
  }

  #broken(fault: string): false {
    this.fault = fault;
    return false;
  }
  #brokenAt(fault: string): -1 {
    this.fault = fault;
    return -1;
  }
}
