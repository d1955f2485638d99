// Where a request comes from. Next passes on whatever X-Forwarded-For a client sends, and only writes one itself when there
// is none; so it is put right before anybody reads it.
import { channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const NAME = "x-forwarded-for";

/**
 * The address of who sent a request: the peer of its connection; behind a TLS terminator the last entry of X-Forwarded-For,
 * which the terminator wrote.
 */
export function trueAddress(forwarded: string | undefined, peer: string | undefined, isBehindProxy: boolean): string {
  const written = isBehindProxy ? forwarded?.split(",").at(-1)?.trim() : undefined;
  return written || peer?.replace(/^::ffff:/, "") || "";
}

/** Has every request of this process's servers carry its true address, and nothing else, in X-Forwarded-For. */
export function writeTrueAddresses(isBehindProxy: boolean): void {
  channel("http.server.request.start").subscribe((message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const forwarded = headers[NAME];
    const given = Array.isArray(forwarded) ? forwarded.join(",") : forwarded;
    headers[NAME] = trueAddress(given, socket.remoteAddress, isBehindProxy);
  });
}
