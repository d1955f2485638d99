// Switching protocols (RFC 9110 §7.8), which turns a connection into a tunnel that nobody reads: only what the client asked
// for and the node plainly agreed to, or the two would disagree on where HTTP ends.
import { Field, listHas } from "./fields.ts";
import type { ResponseHead } from "./response-head.ts";

/** HTTP/2 inside a tunnel would let a client ask the node for what no route allows (h2c smuggling); TLS likewise. */
const IS_HTTP = /^(?:h2c?|http|tls)(?:\/|$)/i;

/** Protocols of a request's Upgrade that may be passed on; null when there is none. */
export function passableUpgrade(value: string): string | null {
  const protocols = value.split(",").map((protocol) => protocol.trim());
  const passable = protocols.filter((protocol) => protocol !== "" && !IS_HTTP.test(protocol));
  return passable.length === 0 ? null : passable.join(", ");
}

/** Whether a 101 switches to protocols that were asked for, and says nothing else. @param asked null: nothing was */
export function isSwitchAllowed({ fields }: ResponseHead, asked: string | null): boolean {
  if (asked === null) return false;
  let isConnection = false;
  let isAgreed = false;
  for (const [i, kind] of fields.kinds.entries()) {
    const value = fields.values[i] as string;
    if (kind === Field.connection) isConnection ||= listHas(value, "upgrade");
    else if (kind === Field.upgrade) {
      isAgreed = value
        .split(",")
        .every((protocol) => protocol.trim() !== "" && listHas(asked, protocol.trim().toLowerCase()));
      if (!isAgreed) return false;
    } else if (kind === Field.contentLength || kind === Field.transferEncoding) return false;
  }
  return isConnection && isAgreed;
}

export const isWebSocket = ({ fields }: ResponseHead): boolean =>
  fields.kinds.some((kind, i) => kind === Field.upgrade && fields.values[i]?.trim().toLowerCase() === "websocket");
