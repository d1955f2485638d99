// A request's body on its way to a node. As long as it is small it is kept, so that the request can be sent again; before
// there is a node it waits here, and the client is asked to pause when that becomes much.
import { type Fields, noFields } from "../http/fields.ts";
import { SMALL_PIECE } from "../piece-buffers.ts";
import type { UpstreamStream, UpstreamUser } from "../upstream/stream.ts";

/** Bodies up to this size are kept for replay. */
export const MAX_KEPT = 65_536;
const MAX_PIECES = 128;
/** Of requests without a body: not to be changed. */
const NOTHING: Buffer[] = [];
const NO_TRAILERS: Fields = noFields();

export class RequestBody {
  isComplete: boolean;
  /** Bytes that came. */
  size = 0;
  readonly #isChunked: boolean;
  /** All of it so far; null once some of it was let go of. */
  #kept: Buffer[] | null = NOTHING;
  #keptSize = 0;
  #trailers: Fields = NO_TRAILERS;
  #node: UpstreamStream | null = null;

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
    return this.#node.isCongested;
  }

  push(bytes: Buffer, start: number, end: number): void {
    this.size += end - start;
    if (this.#kept === null && this.#node !== null && end - start > SMALL_PIECE) {
      this.#node.bodyCopy(bytes, start, end);
      return;
    }
    const copy = Buffer.from(bytes.subarray(start, end));
    if (this.#kept !== null) this.#keep(this.#kept, copy);
    if (this.#node === null) return;
    this.#node.bodyPiece(copy);
    if (this.#keptSize > MAX_KEPT) this.#kept = null;
  }

  #keep(kept: Buffer[], copy: Buffer): void {
    this.#keptSize += copy.length;
    if (kept === NOTHING) this.#kept = [copy];
    else kept.push(copy);
    // Tiny pieces take a hundred times the memory of what they hold.
    if (kept.length === MAX_PIECES) this.#kept = [Buffer.concat(kept)];
  }

  finish(trailers: Fields | null): void {
    this.isComplete = true;
    if (trailers) this.#trailers = trailers;
    this.#node?.bodyEnd(this.#trailers);
  }

  /** Sends the request's head and what there is of the body; the rest follows as it comes. */
  sendTo(node: UpstreamStream, user: UpstreamUser, head: string): void {
    this.#node = node;
    const kept = this.#kept ?? NOTHING;
    const isWhole = this.isComplete && this.#trailers.names.length === 0;
    node.send(user, head, kept, this.#isChunked, isWhole);
    if (this.isComplete && !isWhole) node.bodyEnd(this.#trailers);
    if (this.#keptSize > MAX_KEPT) this.#kept = null;
  }

  /** The node is gone; another may follow. */
  detach(): void {
    this.#node = null;
  }
}
