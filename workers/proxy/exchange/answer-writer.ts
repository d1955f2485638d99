// An answer on its way to the client. Everything that one read of the node's socket brought leaves in one write: small
// pieces are joined to the head as text, large ones are copied, since the buffer they lie in is used again.
import type { Socket } from "node:net";
import type { Fields } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { type ClientFraming, clientFraming, lastChunk, responseHead } from "../http/serialise.ts";
import { SMALL_PIECE, writeCopy } from "../piece-buffers.ts";
import { CONGESTED } from "../upstream/stream.ts";
import type { ClientWriter } from "./exchange-client.ts";

export class AnswerWriter implements ClientWriter {
  bytesOut = 0;
  readonly #socket: Socket;
  #framing: ClientFraming = "none";
  #text = "";
  #isCorked = false;
  /** Bytes without which nothing is sent. */
  #missing = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  begin(head: ResponseHead, request: RequestHead, requestId: string, mayGoOn: boolean): boolean {
    const isTunnel = head.status === 101;
    const framing = clientFraming(head.body.kind, request.minor);
    const closes = isTunnel || !mayGoOn || framing === "close";
    const closing = closes ? "close" : request.minor === 0 ? "keep-alive" : "";
    this.#text += responseHead(head, framing, isTunnel ? "upgrade" : closing, requestId);
    this.#framing = framing;
    return closes;
  }

  holdBack(length: number): void {
    this.#missing = length;
  }
  get isHoldingBack(): boolean {
    return this.#missing > 0;
  }
  drop(): void {
    this.#text = "";
    this.bytesOut = 0;
    this.#missing = 0;
  }

  piece(bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    this.bytesOut += size;
    if (this.#missing > 0) this.#missing -= size;
    const isChunked = this.#framing === "chunked";
    if (isChunked) this.#text += `${size.toString(16)}\r\n`;
    if (size <= SMALL_PIECE || this.#missing > 0) this.#text += bytes.toString("latin1", start, end);
    else {
      this.#cork();
      this.#writeText();
      writeCopy(this.#socket, bytes, start, end);
    }
    if (isChunked) this.#text += "\r\n";
  }

  end(trailers: Fields | null): void {
    if (this.#framing === "chunked") this.#text += trailers ? lastChunk(trailers) : "0\r\n\r\n";
    this.flush();
  }

  flush(): boolean {
    if (this.#missing > 0) return true;
    this.#writeText();
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#socket.uncork();
    }
    return this.#socket.writableLength <= CONGESTED;
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
  }

  #writeText(): void {
    if (this.#text === "") return;
    this.#socket.write(this.#text, "latin1");
    this.#text = "";
  }
}
