// Takes one request head out of bytes that may hold less, or more.
import { headEnd, unfinishedHeadIsBroken } from "../http/head-end.ts";
import { type HeadFault, isFault, parseRequestHead, type RequestHead } from "../http/request-head.ts";
import type { ClientLimits } from "./limits.ts";

export type HeadRead =
  /** Not whole yet: what there is starts at `at`. */
  | { kind: "unfinished"; at: number }
  | { kind: "fault"; fault: HeadFault }
  | { kind: "head"; head: RequestHead; end: number };

export function readRequestHead(bytes: Buffer, from: number, end: number, limits: ClientLimits): HeadRead {
  let at = from;
  // Empty lines before a request are left over from a sloppy client's body (RFC 9112 §2.2). They are not counted: a count
  // would begin anew with each piece that arrives. They start no head either, so the idle limit goes on.
  while (at + 1 < end && bytes[at] === 13 && bytes[at + 1] === 10) at += 2;
  const stop = headEnd(bytes, at, end);
  if ((stop < 0 ? end : stop) - at > limits.maxHead) return fault(tooLarge(bytes, at, end, limits.maxTarget));
  if (stop < 0) {
    if (unfinishedHeadIsBroken(bytes, at, end))
      return fault({ code: "bad-request", detail: "forbidden byte in the head" });
    return { kind: "unfinished", at };
  }
  const head = parseRequestHead(bytes.toString("latin1", at, stop), limits.maxTarget);
  return isFault(head) ? fault(head) : { kind: "head", head, end: stop };
}

const fault = (what: HeadFault): HeadRead => ({ kind: "fault", fault: what });

function tooLarge(bytes: Buffer, at: number, end: number, maxTarget: number): HeadFault {
  const lineEnd = bytes.indexOf("\r\n", at);
  const line = (lineEnd < 0 || lineEnd > end ? end : lineEnd) - at;
  return line > maxTarget
    ? { code: "uri-too-long", detail: `the target is longer than ${maxTarget} bytes` }
    : { code: "head-too-large", detail: "the request's head is too large" };
}
