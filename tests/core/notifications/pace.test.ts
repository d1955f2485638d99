import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHANNEL_KINDS } from "#lib/contracts/notifications.ts";
import { decideAttempt } from "#lib/core/attempts.ts";
import { type AttemptFacts, afterAttempt, PACES } from "#lib/core/notifications/pace.ts";

const FACTS: AttemptFacts = { attempts: 1, createdMs: 0, nowMs: 1_000, random: 0 };
const failed = { is: "failed", error: "HTTP 503" } as const;
const DAY_MS = 86_400_000;

describe("what becomes of a delivery", () => {
  test("one that was taken is delivered, one that never will be is given up at once", () => {
    expect(afterAttempt({ is: "delivered" }, FACTS)).toEqual({ state: "delivered" });
    expect(afterAttempt({ is: "refused", error: "HTTP 404" }, FACTS)).toEqual({ state: "failed", error: "HTTP 404" });
  });

  test.each([
    [1, 0, 1_000],
    [1, 0.999, 1_999],
    [2, 0, 2_000],
    [5, 0, 16_000],
    [10, 0, 300_000],
    [60, 0, 300_000],
  ])(
    "the try after the %i. comes ever later, at most ten minutes, spread by chance %f: after %i ms",
    (attempts, random, afterMs) => {
      expect(afterAttempt(failed, { ...FACTS, attempts, random })).toEqual({
        state: "pending",
        error: "HTTP 503",
        atMs: 1_000 + afterMs,
      });
    },
  );

  test("a provider that says when is waited for, ten minutes at most", () => {
    const at = (retryAfterMs: number) => afterAttempt({ ...failed, retryAfterMs }, FACTS);
    expect(at(30_000)).toMatchObject({ atMs: 31_000 });
    expect(at(7 * DAY_MS)).toMatchObject({ atMs: 601_000 });
  });

  test("it is given up when the next try would come more than a day after it began", () => {
    const last = { ...FACTS, attempts: 200 };
    expect(afterAttempt(failed, { ...last, nowMs: DAY_MS - 300_000 })).toMatchObject({
      state: "pending",
      atMs: DAY_MS,
    });
    expect(afterAttempt(failed, { ...last, nowMs: DAY_MS - 299_999 })).toEqual({ state: "failed", error: "HTTP 503" });
  });
});

/** What the providers take of one robot: messages in a minute. */
const TAKEN_A_MINUTE = { slack: 60, dingtalk: 20, feishu: 100, wecom: 20 } as const;

test("no minute ever holds more messages than a provider takes", () => {
  const asked = fc.array(fc.nat(5_000), { minLength: 50, maxLength: 200 });
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(TAKEN_A_MINUTE) as (keyof typeof TAKEN_A_MINUTE)[])),
      asked,
      (kind, gapsMs) => {
        const sent: number[] = [];
        let nowMs = 0;
        let fullAtMs: number | null = null;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const decision = decideAttempt(PACES[kind], fullAtMs, nowMs);
          if (decision.is === "refused") continue;
          fullAtMs = decision.fullAtMs;
          sent.push(nowMs);
        }
        for (const from of sent) {
          expect(sent.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(
            TAKEN_A_MINUTE[kind],
          );
        }
      },
    ),
  );
  expect(Object.keys(PACES).sort()).toEqual([...CHANNEL_KINDS].sort());
});
