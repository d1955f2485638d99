// One buffer that every socket of the process reads into. A read is handled to its end before the next one happens, so
// sharing is safe as long as whoever keeps bytes copies them; it spares an allocation of 64 KiB for each read.
import type { Socket } from "node:net";

/** What sockets read into. */
export const SHARED = Buffer.allocUnsafeSlow(65_536);

export interface ByteReader {
  /** `bytes` is overwritten by the next read of any socket: copy what must last. */
  read(bytes: Buffer, length: number): void;
}

/** `onread` option of a socket that reads into the shared buffer. */
export const sharedRead = (reader: ByteReader) => ({
  buffer: SHARED,
  callback: (length: number): boolean => {
    reader.read(SHARED, length);
    return true;
  },
});

/** The same for all sockets that know their reader as `owner`; node:net calls back with the socket as `this`. */
export const SHARED_READ = {
  buffer: SHARED,
  callback(this: { owner: ByteReader | null }, length: number): boolean {
    this.owner?.read(SHARED, length);
    return true;
  },
};

/** For sockets without `onread` (TLS). */
export function readByEvents(socket: Socket, reader: ByteReader): void {
  socket.on("data", (bytes: Buffer) => reader.read(bytes, bytes.length));
}
