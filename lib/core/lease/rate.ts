// A token bucket as one number, the time at which it is full again (GCRA, ITU-T I.371): it needs no timer, forgets by
// itself, and says how much is lost by forgetting it earlier.
import type { RateLimit } from "#lib/contracts/config.ts";

export interface Rate {
  /** Milliseconds in which one token comes. */
  readonly tokenMs: number;
  /** Tokens in a full bucket. */
  readonly burst: number;
}

type Limit = Pick<RateLimit, "requests" | "windowMs" | "burst">;

export const rateOf = ({ requests, windowMs, burst }: Limit): Rate => ({
  tokenMs: windowMs / requests,
  burst: burst === 0 ? requests : burst,
});

/** The part of one of `processes` that share a rate and do not speak with each other; at least one token. */
export const shareOf = ({ tokenMs, burst }: Rate, processes: number): Rate => ({
  tokenMs: tokenMs * processes,
  burst: Math.max(1, Math.floor(burst / processes)),
});

/** Rounding of times must not cost a token that is there. */
const EPSILON = 1e-6;

/** Whole tokens in a bucket that is full at `fullAtMs`. */
export const levelOf = ({ tokenMs, burst }: Rate, fullAtMs: number, nowMs: number): number =>
  Math.max(0, Math.floor(burst - Math.max(0, fullAtMs - nowMs) / tokenMs + EPSILON));

/** When the bucket is full again after `count` more tokens were taken; they need not be there. */
export const afterTaking = ({ tokenMs }: Rate, fullAtMs: number, count: number, nowMs: number): number =>
  Math.max(fullAtMs, nowMs) + count * tokenMs;

/** How long until there is a token; 0 when there is one. */
export const waitOf = ({ tokenMs, burst }: Rate, fullAtMs: number, nowMs: number): number =>
  Math.max(0, fullAtMs - nowMs - (burst - 1) * tokenMs);
