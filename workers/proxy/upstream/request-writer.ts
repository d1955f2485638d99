// A request on its way to an HTTP/1 node: what lies together leaves in one write.
import type { Socket } from "node:net";
import { SMALL_PIECE, writeCopy } from "../piece-buffers.ts";

/** Writes a head and the pieces of the body that are there, which must not change afterwards. */
export function writeRequest(socket: Socket, head: string, body: readonly Buffer[], isChunked: boolean): void {
  const [first] = body;
  if (first === undefined) {
    socket.write(head, "latin1");
    return;
  }
  socket.cork();
  if (body.length === 1 && !isChunked && first.length <= SMALL_PIECE)
    socket.write(head + first.toString("latin1", 0, first.length), "latin1");
  else {
    socket.write(head, "latin1");
    for (const piece of body) writePiece(socket, piece, isChunked);
  }
  socket.uncork();
}

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
export function copyPiece(socket: Socket, bytes: Buffer, start: number, end: number, isChunked: boolean): void {
  socket.cork();
  if (isChunked) socket.write(`${(end - start).toString(16)}\r\n`, "latin1");
  writeCopy(socket, bytes, start, end);
  if (isChunked) socket.write("\r\n", "latin1");
  socket.uncork();
}
