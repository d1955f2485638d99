// The header of the PROXY protocol in front of bytes that are not ours to read, such as those of TLS.
import type { Socket } from "node:net";
import { readProxyHeader } from "../http/proxy-protocol.ts";

/** With whose connection it is, once a proxy in front has told. */
export type AnnouncedSocket = Socket & { announcedAddress?: string };

/** Reads the header and gives its source; what is behind it is put back. Without a whole and proper one in time it is closed. */
export function readAnnouncement(socket: Socket, limitMs: number, onSource: (source: string | null) => void): void {
  let bytes = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), limitMs);
  socket.once("close", () => clearTimeout(timer));
  const onData = (piece: Buffer) => {
    bytes = Buffer.concat([bytes, piece]);
    const read = readProxyHeader(bytes, bytes.length);
    if (read.kind === "unfinished") return;
    clearTimeout(timer);
    socket.off("data", onData);
    socket.pause();
    if (read.kind === "fault") {
      socket.destroy();
      return;
    }
    if (read.end < bytes.length) socket.unshift(bytes.subarray(read.end));
    onSource(read.source);
  };
  socket.on("data", onData);
}
