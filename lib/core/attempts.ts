// How often something may be tried: a bucket of `burst` attempts that refills by one each `everyMs`. Kept as one time, when
// it is full again (the generic cell rate algorithm, ITU-T I.371): nothing has to be refilled, and a full bucket needs no row.

export type AttemptRule = { burst: number; everyMs: number };
export type AttemptDecision =
  | { is: "allowed"; fullAtMs: number }
  | { is: "refused" /** One attempt is possible again after this. */; retryAfterMs: number };

/** Each address: a whole office may be behind one. */
export const ADDRESS_RULE: AttemptRule = { burst: 40, everyMs: 1_500 };
/** Each account, from wherever: 2,880 guesses a day after the first ten. */
export const ACCOUNT_RULE: AttemptRule = { burst: 10, everyMs: 30_000 };

/** @param fullAtMs when the bucket is full again; in the past or null: it is full. */
export function decideAttempt(rule: AttemptRule, fullAtMs: number | null, nowMs: number): AttemptDecision {
  const next = Math.max(fullAtMs ?? nowMs, nowMs) + rule.everyMs;
  const overMs = next - nowMs - rule.burst * rule.everyMs;
  return overMs > 0 ? { is: "refused", retryAfterMs: overMs } : { is: "allowed", fullAtMs: next };
}
