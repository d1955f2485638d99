// Memory for large pieces of bodies on their way out. The buffer that a socket was read into is read into again at once, so
// what is to be written is copied; taking memory for each copy, and freeing it, cost more than half of a large body's time.
import type { Socket } from "node:net";

/** Pieces up to this size are cheaper as text joined to their framing than as buffers. */
export const SMALL_PIECE = 8_192;

/** Buffers kept for later, of each size: enough for the pieces that are on their way at once. */
const MAX_FREE = 64;
/** Two sizes, so that pieces which wait for a slow reader hold little more memory than they fill. */
const MEDIUM = 16_384;
const LARGE = 65_536;

class Buffers {
  readonly #size: number;
  readonly #free: Buffer[] = [];
  constructor(size: number) {
    this.#size = size;
  }
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
  }
  giveBack(memory: Buffer): void {
    if (this.#free.length < MAX_FREE) this.#free.push(memory);
  }
}
const medium = new Buffers(MEDIUM);
const large = new Buffers(LARGE);

/** Writes a copy of the bytes; its memory serves another piece when the socket is done with it. For pieces of kilobytes. */
export function writeCopy(socket: Socket, bytes: Buffer, start: number, end: number): void {
  const size = end - start;
  if (size > LARGE) {
    socket.write(Buffer.from(bytes.subarray(start, end)));
    return;
  }
  const buffers = size <= MEDIUM ? medium : large;
  const memory = buffers.take();
  bytes.copy(memory, 0, start, end);
  socket.write(memory.subarray(0, size), (error) => {
    // After a fault the kernel may still have it: it is left to the collector.
    if (!error) buffers.giveBack(memory);
  });
}
