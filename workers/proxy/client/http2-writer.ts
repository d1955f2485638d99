// An answer on its way to an HTTP/2 client. What has come is sent at the end of each read from the node; an answer that is
// whole by then leaves with its last frame marked as such.
import type { ServerHttp2Stream } from "node:http2";
import type { ClientWriter } from "../exchange/exchange-client.ts";
import type { Fields } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { clientFraming, responseHead, trailerFields } from "../http/serialise.ts";
import { http2Answer, http2Trailers } from "../http2/translate.ts";
import { CONGESTED } from "../upstream/stream.ts";

const MAX_STATUS = 599;

export class Http2Writer implements ClientWriter {
  bytesOut = 0;
  readonly #stream: ServerHttp2Stream;
  /** Not yet sent. */
  #head: string[] | null = null;
  #pieces: Buffer[] = [];
  /** Bytes without which nothing is sent. */
  #missing = 0;
  #trailers: Fields | null = null;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  /** The client's connection goes on in any case. */
  begin(head: ResponseHead, request: RequestHead, requestId: string): boolean {
    this.#head = http2Answer(responseHead(head, clientFraming(head.body.kind, request.minor), "", requestId));
    // node:http2 knows no status beyond; that a node gave one is the node's fault.
    if (head.status > MAX_STATUS) this.#head[1] = "502";
    return false;
  }

  holdBack(length: number): void {
    this.#missing = length;
  }
  get isHoldingBack(): boolean {
    return this.#missing > 0;
  }
  drop(): void {
    this.#head = null;
    this.#pieces = [];
    this.bytesOut = 0;
    this.#missing = 0;
  }

  piece(bytes: Buffer, start: number, end: number): void {
    this.bytesOut += end - start;
    this.#missing -= Math.min(this.#missing, end - start);
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }

  flush(): boolean {
    if (this.#missing > 0) return true;
    if (!this.#isOpen) return true;
    if (this.#head !== null) this.#respond(false);
    this.#writePieces();
    return this.#stream.writableLength <= CONGESTED;
  }

  end(trailers: Fields | null): void {
    if (!this.#isOpen) return;
    const hasTrailers = trailers !== null && trailers.names.length > 0;
    this.#trailers = trailers;
    if (this.#head !== null) {
      if (this.#pieces.length === 0 && !hasTrailers) {
        this.#stream.respond(this.#head, { endStream: true });
        this.#head = null;
        return;
      }
      this.#respond(!hasTrailers);
    }
    this.#writePieces();
    this.#stream.end();
  }

  /** The answer breaks off, and the client is told so by trailers. @returns false when there is no room for them */
  endWith(trailers: Fields): boolean {
    if (!this.#isOpen || this.#stream.writableEnded) return false;
    this.end(trailers);
    return true;
  }

  /** Of the client's making: it has gone, or was cut off. */
  get #isOpen(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  /** @param isLast whether it is known that no trailers follow */
  #respond(isLast: boolean): void {
    this.#stream.respond(this.#head as string[], { waitForTrailers: !isLast });
    this.#head = null;
    if (!isLast) this.#stream.once("wantTrailers", () => this.#sendTrailers());
  }

  #sendTrailers(): void {
    if (this.#isOpen) this.#stream.sendTrailers(this.#trailers ? http2Trailers(trailerFields(this.#trailers)) : {});
  }

  #writePieces(): void {
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    // node:http2 has ended what may have no body: HEAD, 204, 205, 304.
    if (this.#stream.writableEnded) return;
    if (pieces.length === 1) this.#stream.write(pieces[0]);
    else {
      this.#stream.cork();
      for (const piece of pieces) this.#stream.write(piece);
      this.#stream.uncork();
    }
  }
}
