import { DEFAULT_MAX_HEAD, DEFAULT_MAX_TARGET } from "../http/request-head.ts";

/** What a client may take of size and time. */
export interface ClientLimits {
  maxHead: number;
  maxTarget: number;
  /** From a head's first byte to its end. */
  headMs: number;
  /** Between two requests. */
  idleMs: number;
  /** Between two pieces of a request's body, while we are reading it. */
  bodyIdleMs: number;
  /** How long it may take nothing of an answer that waits for it. */
  stallMs: number;
  /** How long a closed connection may go on sending into the void. */
  lingerMs: number;
}

export const DEFAULT_LIMITS: ClientLimits = {
  maxHead: DEFAULT_MAX_HEAD,
  maxTarget: DEFAULT_MAX_TARGET,
  headMs: 10_000,
  idleMs: 75_000,
  bodyIdleMs: 60_000,
  stallMs: 60_000,
  lingerMs: 2_000,
};
