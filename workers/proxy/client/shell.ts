import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { PoolState } from "../state/pool-state.ts";
import type { ClientConnection } from "./connection.ts";
import type { ClientLimits } from "./limits.ts";

/** What a connection needs of the process around it. */
export interface ClientShell {
  readonly limits: ClientLimits;
  /** First part of the request ids made here. */
  readonly idPrefix: string;
  readonly isStopping: boolean;
  /** Pool for a request; or why there is none. */
  route(head: RequestHead): PoolState | { code: ProxyProblemCode; detail: string };
  /** Who sent a request: its peer, or whom a trusted proxy speaks for. */
  clientAddress(head: RequestHead, peer: string): string;
  closed(connection: ClientConnection): void;
}
