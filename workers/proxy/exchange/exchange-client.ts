import type { Socket } from "node:net";
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { Tunnel } from "./tunnel.ts";

/** What a problem answer is about. */
export interface ProblemSubject {
  readonly method: string;
  readonly requestId: string;
}

/** The client's side, as an exchange uses it. */
export interface ExchangeClient {
  readonly socket: Socket;
  readonly address: string;
  /** What nodes are told of its connection: `X-Forwarded-Proto` and, when it showed one, its certificate. */
  readonly connectionFields: string;
  /** Whether the process is stopping and asks clients to go. */
  readonly isStopping: boolean;
  /** Asks for `exchange.waitedTooLong` in `ms`; null: no more. */
  limitWait(ms: number | null): void;
  /** It does not keep up with its answer: it must take some of it in time, or is cut off. */
  limitStall(): void;
  resumeBody(): void;
  answerProblem(subject: ProblemSubject, code: ProxyProblemCode, detail: string, closes: boolean): void;
  /** Its bytes go to the tunnel from now on; `exchangeDone` or `abort` ends it. */
  becomeTunnel(tunnel: Tunnel): void;
  /** The exchange is over. */
  exchangeDone(closes: boolean): void;
  /** Cuts the connection so that the client cannot take a truncated answer for a whole one. */
  abort(): void;
}
