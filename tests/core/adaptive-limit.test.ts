import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdaptiveConcurrency } from "#lib/contracts/config.ts";
import { AdaptiveLimit } from "#lib/core/adaptive-limit.ts";

const settingsOf = (more: object = {}) => AdaptiveConcurrency.parse({ enabled: true, ...more });
const START = 8;

/**
 * A clock, a limit that has measured `unloadedMs`, and windows of answers that all take equally long. Its first period begins
 * at 1,000,000 ms.
 */
function rig(more: object = {}, random = 0, unloadedMs = 10) {
  const clock = { nowMs: 1_000_000 - unloadedMs };
  const limit = new AdaptiveLimit(settingsOf(more), clock.nowMs, () => random);
  const first = { latencyMs: unloadedMs, isAnswered: true, inFlight: 0 };
  limit.record({ ...first, startedMs: clock.nowMs }, clock.nowMs);
  for (let i = 0; i < 10; i++) limit.record({ ...first, startedMs: clock.nowMs }, 1_000_000);
  clock.nowMs = 1_000_000;
  /** @returns whether the last of `count` made room */
  const answers = (latencyMs: number, count = 10, inFlight = limit.limit - 1, isAnswered = true): boolean => {
    let rose = false;
    for (let i = 0; i < count; i++)
      rose = limit.record({ latencyMs, isAnswered, startedMs: clock.nowMs - latencyMs, inFlight }, clock.nowMs);
    return rose;
  };
  /** A window that is judged: ten answers, the last when it is over. */
  const window = (latencyMs: number, inFlight = limit.limit - 1): boolean => {
    answers(latencyMs, 9, inFlight);
    clock.nowMs += 100;
    return answers(latencyMs, 1, inFlight);
  };
  return { clock, limit, answers, window };
}

describe("the limit of a node", () => {
  test("begins with a measurement at 4, then is 8, or the nearest that may be", () => {
    expect(new AdaptiveLimit(settingsOf(), 0, () => 0).limit).toBe(START / 2);
    expect(rig().limit.limit).toBe(START);
    expect(rig({ maxLimit: 7 }).limit.limit).toBe(7);
    expect(rig({ minLimit: 50 }).limit.limit).toBe(50);
  });

  test("is judged when the window is over and ten answers came, not a millisecond or an answer before", () => {
    const early = rig();
    early.answers(10, 10);
    early.clock.nowMs += 99;
    expect(early.answers(10, 1)).toBe(false);
    early.clock.nowMs += 1;
    expect(early.answers(10, 1)).toBe(true);
    expect(early.limit.limit).toBe(10);
    const few = rig();
    few.answers(10, 8);
    few.clock.nowMs += 100;
    expect(few.answers(10, 1)).toBe(false);
    expect(few.answers(10, 1)).toBe(true);
  });

  test("grows by its square root while at least half of it is made use of and answers are no slower", () => {
    const { limit, window } = rig({ minLimit: 16 });
    window(10);
    expect(limit.limit).toBe(20);
    window(16);
    expect(limit.limit).toBe(24);
    window(10, 10);
    expect(limit.limit).toBe(24);
    window(10, 11);
    expect(limit.limit).toBe(29);
  });

  test("falls in proportion to how much slower than tolerated answers are, by half at most", () => {
    const { limit, window } = rig();
    for (let i = 0; i < 6; i++) window(10);
    expect(limit.limit).toBe(31);
    // 10 ms, half as much again, and a millisecond of scatter.
    window(16, 0);
    expect(limit.limit).toBe(31);
    window(20, 0);
    expect(limit.limit).toBe(25);
    window(1_000, 0);
    expect(limit.limit).toBe(12);
  });

  test("goes by the median: four of ten that hang do not lower it", () => {
    const { limit, answers, clock } = rig();
    answers(60_000, 4, 0);
    answers(10, 5, 0);
    clock.nowMs += 100;
    answers(10, 1, 0);
    expect(limit.limit).toBe(START);
  });

  test("is not raised by a node that fails at once, and lowered by one that times out", () => {
    const { limit, answers, clock } = rig();
    answers(1, 50, 7, false);
    clock.nowMs += 100;
    answers(1, 1, 7, false);
    expect([limit.limit, limit.unloadedMs]).toEqual([START, 10]);
    answers(500, 9, 7, false);
    clock.nowMs += 100;
    answers(500, 1, 7, false);
    expect(limit.limit).toBe(START / 2);
  });

  test("forgets answers that are ten seconds old when fewer than ten came", () => {
    const { limit, answers, clock } = rig();
    answers(1_000, 9, 0);
    clock.nowMs += 10_000;
    answers(10, 9, 0);
    clock.nowMs += 100;
    answers(10, 1, 0);
    expect(limit.limit).toBe(START);
  });

  test("follows its settings at once", () => {
    const { limit } = rig();
    limit.configure(settingsOf({ maxLimit: 5 }));
    expect(limit.limit).toBe(5);
    limit.configure(settingsOf({ minLimit: 30 }));
    expect(limit.limit).toBe(30);
  });
});

describe("the latency without load", () => {
  /** Runs windows until just before its first minute is over. */
  const minute = (latencyMs: number, inFlight?: number, random = 0) => {
    const all = rig({}, random);
    while (all.clock.nowMs + 100 < 1_060_000) all.window(latencyMs, inFlight);
    return all;
  };

  test("is what the best window of the last minute had, where the limit held nobody back", () => {
    const { limit, clock, window, answers } = minute(10, 0);
    answers(15, 9, 0);
    clock.nowMs += 100;
    expect(clock.nowMs).toBe(1_060_000);
    answers(15, 1, 0);
    expect(limit.unloadedMs).toBe(10);
    while (clock.nowMs + 100 < 1_120_000) window(15, 0);
    expect(limit.unloadedMs).toBe(10);
    window(15, 0);
    expect(limit.unloadedMs).toBe(15);
  });

  test("is else measured at half of the limit, by requests that began when no more were in flight", () => {
    const { limit, clock, window, answers } = minute(10);
    const before = limit.limit;
    window(10);
    const half = limit.limit;
    expect(half).toBeLessThanOrEqual((before + Math.sqrt(before)) / 2);
    expect(half).toBeGreaterThanOrEqual(Math.floor(before / 2));
    // Too many are in flight still, then as many as may be: those that began before do not count.
    answers(40, 50, half + 1);
    clock.nowMs += 5;
    answers(40, 1, half);
    answers(40, 50, half - 1);
    clock.nowMs += 13;
    expect(answers(13, 9, half - 1)).toBe(false);
    expect(answers(13, 1, half - 1)).toBe(true);
    expect([limit.unloadedMs, limit.limit >= before]).toEqual([13, true]);
  });

  test("is measured with three answers after a second, and left as it was after ten without", () => {
    const slow = minute(10);
    slow.window(10);
    const { sinceMs } = { sinceMs: slow.clock.nowMs };
    slow.answers(10, 1, 0);
    slow.clock.nowMs = sinceMs + 999;
    slow.answers(900, 3, 0);
    expect(slow.limit.unloadedMs).toBe(10);
    slow.clock.nowMs = sinceMs + 1_000;
    slow.answers(900, 1, 0);
    expect(slow.limit.unloadedMs).toBe(900);

    const hung = minute(10);
    hung.window(10);
    const half = hung.limit.limit;
    hung.clock.nowMs += 9_999;
    hung.answers(9_999, 1, half + 1);
    expect(hung.limit.limit).toBe(half);
    hung.clock.nowMs += 1;
    hung.answers(10_000, 1, half + 1);
    expect(hung.limit.limit).toBeGreaterThan(half);
    expect(hung.limit.unloadedMs).toBe(10);
  });

  test("of a node that became slower for good is found again, and the limit recovers", () => {
    const { limit, clock, window, answers } = rig();
    window(10);
    for (let i = 0; i < 40; i++) window(100);
    while (limit.unloadedMs === 10) {
      clock.nowMs += 100;
      answers(100, 1, 0);
    }
    expect(limit.unloadedMs).toBe(100);
    for (let i = 0; i < 100; i++) window(100);
    expect(limit.limit).toBeGreaterThan(100);
  });

  test("is not measured at all nodes at once: the time between varies by 15 %", () => {
    const late = minute(10, undefined, 1);
    while (late.clock.nowMs + 100 < 1_069_000) late.window(10);
    const before = late.limit.limit;
    late.window(10);
    expect(late.limit.limit).toBeLessThan(before);
  });
});

test("whatever happens the limit is whole, and from the lowest to the highest that may be", () => {
  const step = fc.record({
    latencyMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
    isAnswered: fc.boolean(),
    inFlight: fc.nat(2_000),
    afterMs: fc.nat(3_000),
    times: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 100 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 50, max: 500 }),
      (steps, minLimit, maxLimit) => {
        let nowMs = 0;
        const limit = new AdaptiveLimit(settingsOf({ minLimit, maxLimit, remeasureMs: 1_000 }), nowMs, () => 0.5);
        for (const { times, afterMs, ...ended } of steps) {
          nowMs += afterMs;
          for (let i = 0; i < times; i++) {
            const before = limit.limit;
            const rose = limit.record({ ...ended, startedMs: nowMs - ended.latencyMs }, nowMs);
            expect(rose).toBe(limit.limit > before);
            expect(Number.isInteger(limit.limit)).toBe(true);
            expect(limit.limit).toBeGreaterThanOrEqual(minLimit);
            expect(limit.limit).toBeLessThanOrEqual(maxLimit);
          }
        }
      },
    ),
  );
});

test("a node that serves so many at once is not given many more, falls to fewer when it loses some, and gets them back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 200 }),
      fc.double({ min: 2, max: 200, noNaN: true }),
      (servers, serviceMs) => {
        const { limit, window, clock, answers } = rig({ minLimit: 2, remeasureMs: 5_000 }, 0, serviceMs);
        /** Latency of a node that serves `at` of `inFlight` at once, the others waiting there. */
        const latencyMs = (at: number) => serviceMs * Math.max(1, limit.limit / at);
        const run = (at: number, windows: number) => {
          for (let i = 0; i < windows; i++) {
            window(latencyMs(at));
            // The clock goes on as in life: so much that what is measured has begun after it was asked for.
            clock.nowMs += Math.ceil(serviceMs) + 100;
            answers(latencyMs(at), 1);
          }
        };
        const bound = (at: number) => Math.ceil(at * (2 + 2 / serviceMs) + Math.sqrt(at * 3)) + 3;
        run(servers, 150);
        expect(limit.limit).toBeLessThanOrEqual(bound(servers));
        expect(limit.limit).toBeGreaterThanOrEqual(Math.floor(servers / 2));
        run(servers / 4, 150);
        expect(limit.limit).toBeLessThanOrEqual(bound(servers / 4));
        run(servers, 150);
        expect(limit.limit).toBeGreaterThanOrEqual(Math.floor(servers / 2));
      },
    ),
    { numRuns: 50 },
  );
});
