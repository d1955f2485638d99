// The first of two GOAWAYs (RFC 9113 §6.8): no more requests, please; but all that are on their way are served. The second,
// a round trip later, names the last one, and then none crosses it.
//
// nghttp2 can do so (nghttp2_submit_shutdown_notice), but node:http2 does not offer it: `session.goaway` with the highest
// stream id has the later streams ignored that it has just promised to serve. So the frame is written past the session,
// straight to the socket. A session writes whole frames at a time, and TCP's handles keep the order of writes; TLS's take
// one write at a time, and end the process at a second one, so that under TLS there is no notice.
import type { Socket } from "node:net";

const GOAWAY = 0x7;
const HEAD_BYTES = 9;
const PAYLOAD_BYTES = 8;
const HIGHEST_STREAM = 0x7fffffff;

/** @returns whether it was sent */
export function sendShutdownNotice(socket: Socket): boolean {
  if ("encrypted" in socket || socket.destroyed || !socket.writable) return false;
  const frame = Buffer.alloc(HEAD_BYTES + PAYLOAD_BYTES);
  frame.writeUIntBE(PAYLOAD_BYTES, 0, 3);
  frame.writeUInt8(GOAWAY, 3);
  frame.writeUInt32BE(HIGHEST_STREAM, HEAD_BYTES);
  socket.write(frame);
  return true;
}
