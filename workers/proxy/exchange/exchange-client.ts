// The client's end of an exchange, whatever protocol the client speaks: HTTP/1 on a connection of its own
// (client/connection.ts), or one stream of an HTTP/2 connection.
import type { Fields } from "../http/fields.ts";
import type { OwnAnswer } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { Flow } from "../state/flows.ts";
import type { NodeState } from "../state/node-state.ts";
import type { UpstreamConnection } from "../upstream/connection.ts";

/** What a problem answer is about. */
export interface ProblemSubject {
  readonly head: RequestHead;
  readonly requestId: string;
}

/** Writes one answer to a client. Nothing need leave before `flush` or `end`. */
export interface ClientWriter {
  /** Bytes of the body so far. */
  readonly bytesOut: number;
  readonly isHoldingBack: boolean;
  /**
   * The answer's head. @param mayGoOn whether the client's connection may serve another request after it
   * @returns whether the connection ends with this answer
   */
  begin(head: ResponseHead, request: RequestHead, requestId: string, mayGoOn: boolean): boolean;
  /** Sends nothing before the `length` bytes of the body are there. */
  holdBack(length: number): void;
  /** Forgets what was held back. */
  drop(): void;
  /** `bytes` is overwritten afterwards. */
  piece(bytes: Buffer, start: number, end: number): void;
  /** Sends what has come. @returns whether the client keeps up with it; if not, `clientDrained` says when it does */
  flush(): boolean;
  end(trailers: Fields | null): void;
}

/** The client's side, as an exchange uses it. */
export interface ExchangeClient {
  /** Of the peer; whom it speaks for, if it is a trusted proxy, each request tells (http/forwarding.ts). */
  readonly address: string;
  /** What nodes are told of its connection: `X-Forwarded-Proto` and, when it showed one, its certificate. */
  readonly connectionFields: string;
  /** Whether the process is stopping and asks clients to go. */
  readonly isStopping: boolean;
  /** For the one answer of an exchange. */
  answerWriter(): ClientWriter;
  /** An answer that precedes the answer: 1xx other than 101. */
  interim(head: ResponseHead): void;
  /** Asks for `exchange.waitedTooLong` in `ms`; null: no more. */
  limitWait(ms: number | null): void;
  /** It does not keep up with its answer: it must take some of it in time, or is cut off. */
  limitStall(): void;
  resumeBody(): void;
  /** The exchange is over, with an answer that the proxy makes itself. */
  answer(subject: ProblemSubject, answer: OwnAnswer, closes: boolean): void;
  /** Its bytes pass to and from this connection of the node, unread, from now on. */
  becomeTunnel(node: NodeState, connection: UpstreamConnection, flow: Flow, isWebSocket: boolean): void;
  /** The exchange is over. */
  exchangeDone(closes: boolean): void;
  /** Cuts the answer off so that the client cannot take a truncated one for a whole one. */
  abort(): void;
}
