import type { Socket } from "node:net";
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { RequestLog } from "../explain/request-log.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { OwnAnswers } from "../own-answers.ts";
import type { Destination } from "../route/routing.ts";
import type { Door } from "./door.ts";
import type { ClientLimits } from "./limits.ts";

/** A client's connection, as the process around it knows it. */
export interface Client {
  readonly socket: Socket;
  /** Called every so often, for time limits that have run out. */
  sweep(nowMs: number): void;
  /** The process stops: it is to end soon. @param lastRequestMs how long an idle one may still send a request */
  stop(lastRequestMs: number): void;
  /** The time to finish is over: it is told so, where that is possible, and ends. */
  cut(): void;
}

/** What a connection needs of the process around it. */
export interface ClientShell {
  readonly limits: ClientLimits;
  readonly door: Door;
  readonly ownAnswers: OwnAnswers;
  readonly requests: RequestLog;
  /** First part of the request ids made here. */
  readonly idPrefix: string;
  readonly isStopping: boolean;
  /** What becomes of a request; or why nothing does. @param peer of the connection */
  route(head: RequestHead, peer: string): Destination | { code: ProxyProblemCode; detail: string };
  /** Who sent a request: its peer, or whom a trusted proxy speaks for. */
  clientAddress(head: RequestHead, peer: string): string;
  /** Its socket speaks HTTP/2: `after` has it now. */
  replaced(before: Client, after: Client): void;
  closed(client: Client): void;
}
