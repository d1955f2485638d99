// The node's end of an attempt, whatever protocol the node speaks: an HTTP/1 connection that serves one request after
// another (connection.ts), or one stream of an HTTP/2 session.
import type { Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { AnswerSink } from "./answer-reader.ts";
import type { UpstreamConnection } from "./connection.ts";

/** Above this much unsent, whoever feeds the node pauses. */
export const CONGESTED = 65_536;

/**
 * How a stream was lost before its answer was whole. `stale`: it had served before and brought no byte this time, so the
 * node most likely closed it while idle. `untouched`: the connection went away, and nothing was done with the request.
 * `refused`: the node takes no more requests now, and did nothing with this one.
 */
export type Loss = "broken" | "stale" | "untouched" | "refused";

/** The attempt that a stream serves. */
export interface UpstreamUser extends AnswerSink {
  connected(): void;
  /** The stream is gone before the answer was whole. `errorCode` is the socket's; null when the node just closed it. */
  lost(errorCode: string | null, how: Loss): void;
  /** The node's answer breaks the protocol; the stream is closed. */
  broken(detail: string): void;
  timedOut(): void;
  /** All that one read brought has been handed on. */
  readDone(): void;
  drained(): void;
}

export interface UpstreamStream {
  user: UpstreamUser | null;
  readonly isConnected: boolean;
  /** Monotonic; when TCP was connected, where TLS had to be agreed on after it. */
  readonly tcpConnectedMs: number | null;
  /** What is awaited of the node must come in `ms`, or the user hears `timedOut`. */
  limit(ms: number): void;
  noLimit(): void;
  /** The node does not keep up with what it is sent: it must take some of it every `ms`. */
  limitStall(ms: number): void;

  /**
   * Sends a request to `user`'s node. @param head in HTTP/1 text @param body what there is of it; does not change afterwards
   * @param isWhole whether that is all; else `bodyPiece` and `bodyEnd` follow
   */
  send(user: UpstreamUser, head: string, body: readonly Buffer[], isChunked: boolean, isWhole: boolean): void;
  /** Sends a piece that does not change afterwards. */
  bodyPiece(bytes: Buffer): void;
  /** Sends a piece that is overwritten afterwards. */
  bodyCopy(bytes: Buffer, start: number, end: number): void;
  bodyEnd(trailers: Fields): void;
  /** Whether whoever feeds it should pause: `drained` says when to go on. */
  readonly isCongested: boolean;

  /** Stops reading the answer, and goes on. */
  pause(): void;
  resume(): void;
  /** Stops reading with the answer's body not yet handed on, and tells nobody anything. */
  hold(): void;
  /** Goes on with the held answer, for `user`. */
  unhold(user: UpstreamUser): void;
  /** The answer is whole. @param isSent whether the request was sent to its end */
  release(answer: ResponseHead, isSent: boolean): void;
  /** Ends it at once, telling nobody. */
  destroy(): void;
  /** The connection behind it, for a tunnel after 101. */
  tunnel(): UpstreamConnection;
}
