// An answer on its way to the client. Everything that one read of the node's socket brought leaves in one write: small
// pieces are joined to the head as text, large ones are copied, since the buffer they lie in is used again.
import type { Socket } from "node:net";
import type { Fields } from "../http/fields.ts";
import { type ClientFraming, lastChunk } from "../http/serialise.ts";
import { writeCopy } from "../piece-buffers.ts";
import { SMALL_PIECE } from "./request-body.ts";

export class AnswerWriter {
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

  head(text: string, framing: ClientFraming): void {
    this.#text += text;
    this.#framing = framing;
  }

  /** Sends nothing before the `length` bytes of the body are there. */
  holdBack(length: number): void {
    this.#missing = length;
  }
  get isHoldingBack(): boolean {
    return this.#missing > 0;
  }
  /** Forgets what was held back. */
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

  flush(): void {
    if (this.#missing > 0) return;
    this.#writeText();
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#socket.uncork();
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
