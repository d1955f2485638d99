// Frames of a WebSocket (RFC 6455 §5.2), as far as a tunnel must know them that passes them on unread: where one ends and
// the next begins, so that a last one of our own can be put between them.
import { randomBytes } from "node:crypto";

const CLOSE = 0x8;
const FINAL = 0x80;
const MASKED = 0x80;
/** The endpoint goes away: clients connect again (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;
const MASK_BYTES = 4;

/** Follows the frames of one direction. */
export class FrameTracker {
  /** The other end has been told that this side says no more. */
  hasClosed = false;
  /** Of the frame's head that have come. */
  #headBytes = 0;
  #headLength = 2;
  #length = 0;
  #maskBytes = 0;
  /** Of the frame, behind its head, that are to come. */
  #left = 0;

  /** Whether the last frame is whole and the next has not begun. */
  get isBetween(): boolean {
    return this.#headBytes === 0 && this.#left === 0;
  }

  pass(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#left === 0) this.#readHead(bytes[at++] as number);
      else {
        const step = Math.min(this.#left, end - at);
        this.#left -= step;
        at += step;
      }
    }
  }

  #readHead(byte: number): void {
    this.#headBytes++;
    if (this.#headBytes === 1) {
      if ((byte & 0x0f) === CLOSE) this.hasClosed = true;
      return;
    }
    if (this.#headBytes === 2) {
      const short = byte & 0x7f;
      this.#headLength = short === 127 ? 10 : short === 126 ? 4 : 2;
      this.#length = this.#headLength === 2 ? short : 0;
      this.#maskBytes = (byte & MASKED) === 0 ? 0 : MASK_BYTES;
    } else this.#length = this.#length * 256 + byte;
    if (this.#headBytes < this.#headLength) return;
    this.#headBytes = 0;
    this.#left = this.#length + this.#maskBytes;
  }
}

/** Says that we go away. @param isFromClient whether it goes to a server, to which all frames are masked (§5.3) */
export function goingAwayFrame(isFromClient: boolean): Buffer {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(GOING_AWAY);
  if (!isFromClient) return Buffer.concat([Buffer.from([FINAL | CLOSE, code.length]), code]);
  const mask = randomBytes(MASK_BYTES);
  const masked = code.map((byte, i) => byte ^ (mask[i] as number));
  return Buffer.concat([Buffer.from([FINAL | CLOSE, MASKED | code.length]), mask, masked]);
}
