import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACCOUNT_RULE, type AttemptRule, decideAttempt } from "#lib/core/attempts.ts";

const RULE: AttemptRule = { burst: 3, everyMs: 1_000 };

/** Tries at each of the times; true where it was allowed. */
function tryAt(rule: AttemptRule, times: readonly number[]): boolean[] {
  let fullAtMs: number | null = null;
  return times.map((nowMs) => {
    const decision = decideAttempt(rule, fullAtMs, nowMs);
    if (decision.is === "allowed") fullAtMs = decision.fullAtMs;
    return decision.is === "allowed";
  });
}

describe("attempts", () => {
  it("allows a burst, then one more exactly when its time has come", () => {
    expect(tryAt(RULE, [0, 0, 0, 0, 999, 1_000, 1_000])).toEqual([true, true, true, false, false, true, false]);
  });

  it("says after how long one more is possible, to the millisecond", () => {
    const refused = decideAttempt(RULE, 3_400, 1_000);
    expect(refused).toEqual({ is: "refused", retryAfterMs: 400 });
    expect(decideAttempt(RULE, 3_400, 1_399)).toEqual({ is: "refused", retryAfterMs: 1 });
    expect(decideAttempt(RULE, 3_400, 1_400)).toEqual({ is: "allowed", fullAtMs: 4_400 });
  });

  it("has the whole burst again after all of its time, and never more", () => {
    expect(tryAt(RULE, [0, 0, 0, 1_000_000, 1_000_000, 1_000_000, 1_000_000])).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it("allows in any span no more than the burst and what refills in it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 200 }), (unsorted) => {
        const times = unsorted.toSorted((a, b) => a - b);
        const allowed = times.filter((_, at) => tryAt(ACCOUNT_RULE, times)[at]);
        for (const [from, start] of allowed.entries())
          for (const [to, end] of allowed.entries())
            if (to >= from)
              expect(to - from + 1).toBeLessThanOrEqual(
                ACCOUNT_RULE.burst + Math.floor((end - start) / ACCOUNT_RULE.everyMs),
              );
      }),
      { numRuns: 30 },
    );
  });
});
