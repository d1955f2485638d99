import { ClientLimitSettings } from "#lib/contracts/config.ts";

/** What a client may take of size and time: the configuration's `proxy.clientLimits`, as connections use it. */
export interface ClientLimits {
  maxHead: number;
  maxTarget: number;
  /** From a head's first byte to its end. */
  headMs: number;
  /** Between two requests. */
  idleMs: number;
  /** Between two pieces of a request's body, while we are reading it. */
  bodyIdleMs: number;
  /** While we read a body, it may take `bodyIdleMs` and a second more for each so many bytes; 0: no limit. */
  minBodyBytesPerSecond: number;
  /** How long it may take nothing of an answer that waits for it. */
  stallMs: number;
  /** How long a closed connection may go on sending into the void. */
  lingerMs: number;
}

export const limitsOf = ({ maxHeadBytes, maxTargetBytes, ...times }: ClientLimitSettings): ClientLimits => ({
  maxHead: maxHeadBytes,
  maxTarget: maxTargetBytes,
  ...times,
});

export const DEFAULT_LIMITS: ClientLimits = limitsOf(ClientLimitSettings.parse({}));
