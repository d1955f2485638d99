import type { ClientLimits } from "./limits.ts";

/** By when more of a request's body is due. */
export class BodyPace {
  /** Since when it is being read, later by as long as it was not. */
  #sinceMs: number;
  #pausedAtMs = 0;
  #lastMs = 0;
  #bytes = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  came(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Nothing is read meanwhile: that is not the client's fault. */
  paused(nowMs: number): void {
    this.#pausedAtMs = nowMs;
  }
  resumed(nowMs: number): void {
    if (this.#pausedAtMs > 0) this.#sinceMs += nowMs - this.#pausedAtMs;
    this.#pausedAtMs = 0;
  }

  /**
   * How long the next piece may take. A body that trickles is due before its next piece would be: without that, a byte now
   * and then keeps a connection for ever (slow POST).
   */
  dueInMs(nowMs: number, { bodyIdleMs, minBodyBytesPerSecond }: ClientLimits): number {
    this.#lastMs = nowMs;
    if (minBodyBytesPerSecond === 0) return bodyIdleMs;
    const paceDueMs = this.#sinceMs + bodyIdleMs + (this.#bytes * 1_000) / minBodyBytesPerSecond;
    return Math.min(bodyIdleMs, paceDueMs - nowMs);
  }
  /** Why it is overdue: whether it came, but too slowly. */
  isTooSlow(nowMs: number, { bodyIdleMs }: ClientLimits): boolean {
    return nowMs - this.#lastMs < bodyIdleMs;
  }
}

/** What a client is told whose body is overdue. */
export function paceFault(isTooSlow: boolean, { bodyIdleMs, minBodyBytesPerSecond }: ClientLimits) {
  return isTooSlow
    ? {
        code: "client-body-too-slow" as const,
        detail: `the request's body came slower than ${minBodyBytesPerSecond} bytes a second`,
      }
    : { code: "client-body-timeout" as const, detail: `nothing of the request's body came for ${bodyIdleMs} ms` };
}
