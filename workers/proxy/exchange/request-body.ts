// A request's body on its way to a node. As long as it is small it is kept, so that the request can be sent again; before
// there is a node it waits here, and the client is asked to pause when that becomes much.
import type { Socket } from "node:net";
import { type Fields, noFields } from "../http/fields.ts";
import { lastChunk } from "../http/serialise.ts";
import { writeCopy } from "../piece-buffers.ts";
import { CONGESTED } from "../upstream/connection.ts";

/** Bodies up to this size are kept for replay. */
export const MAX_KEPT = 65_536;
/** Pieces up to this size are cheaper as text joined to their framing than as buffers. */
export const SMALL_PIECE = 8_192;

/** Writes one piece, in chunked framing if asked. `bytes` must not change afterwards. */
export function writePiece(socket: Socket, bytes: Buffer, isChunked: boolean): void {
  if (!isChunked) socket.write(bytes);
  else if (bytes.length <= SMALL_PIECE)
    socket.write(`${bytes.length.toString(16)}\r\n${bytes.toString("latin1", 0, bytes.length)}\r\n`, "latin1");
  else {
    socket.cork();
    socket.write(`${bytes.length.toString(16)}\r\n`, "latin1");
    socket.write(bytes);
    socket.write("\r\n", "latin1");
    socket.uncork();
  }
}

/** As `writePiece`, for bytes that are overwritten afterwards. */
function passOn(socket: Socket, bytes: Buffer, start: number, end: number, isChunked: boolean): void {
  socket.cork();
  if (isChunked) socket.write(`${(end - start).toString(16)}\r\n`, "latin1");
  writeCopy(socket, bytes, start, end);
  if (isChunked) socket.write("\r\n", "latin1");
  socket.uncork();
}

export class RequestBody {
  isComplete: boolean;
  readonly #isChunked: boolean;
  /** All of it so far; null once some of it was let go of. */
  #kept: Buffer[] | null = [];
  #keptSize = 0;
  #trailers: Fields = noFields();
  #node: Socket | null = null;

  constructor(kind: "none" | "length" | "chunked") {
    this.isComplete = kind === "none";
    this.#isChunked = kind === "chunked";
  }

  get isReplayable(): boolean {
    return this.#kept !== null;
  }

  /** Whether the client should pause: nobody takes the body, or not fast enough. */
  get isCongested(): boolean {
    if (this.#node === null) return this.#keptSize > MAX_KEPT;
    return this.#node.writableLength > CONGESTED;
  }

  push(bytes: Buffer, start: number, end: number): void {
    if (this.#kept === null && this.#node !== null && end - start > SMALL_PIECE) {
      passOn(this.#node, bytes, start, end, this.#isChunked);
      return;
    }
    const copy = Buffer.from(bytes.subarray(start, end));
    if (this.#kept !== null) {
      this.#kept.push(copy);
      this.#keptSize += copy.length;
    }
    if (this.#node === null) return;
    writePiece(this.#node, copy, this.#isChunked);
    if (this.#keptSize > MAX_KEPT) this.#kept = null;
  }

  finish(trailers: Fields | null): void {
    this.isComplete = true;
    if (trailers) this.#trailers = trailers;
    if (this.#node && this.#isChunked) this.#node.write(lastChunk(this.#trailers), "latin1");
  }

  /** Sends the request's head and what there is of the body; the rest follows as it comes. */
  sendTo(node: Socket, head: string): void {
    this.#node = node;
    const kept = this.#kept ?? [];
    const [first] = kept;
    if (first === undefined) node.write(head, "latin1");
    else {
      node.cork();
      if (kept.length === 1 && !this.#isChunked && first.length <= SMALL_PIECE)
        node.write(head + first.toString("latin1", 0, first.length), "latin1");
      else {
        node.write(head, "latin1");
        for (const piece of kept) writePiece(node, piece, this.#isChunked);
      }
      node.uncork();
    }
    if (this.isComplete && this.#isChunked) node.write(lastChunk(this.#trailers), "latin1");
    if (this.#keptSize > MAX_KEPT) this.#kept = null;
  }

  /** The node is gone; another may follow. */
  detach(): void {
    this.#node = null;
  }
}
