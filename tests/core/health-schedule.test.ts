import { describe, expect, test } from "vitest";
import type { CheckLevel } from "#lib/contracts/config.ts";
import type { LevelHealth } from "#lib/contracts/runtime.ts";
import { dueAfter, intervalFactor, type LevelPlan, levelsDue, startSpacingMs } from "#lib/core/health-schedule.ts";

const plan: LevelPlan[] = [
  { level: "tcp", intervalMs: 1_000, timeoutMs: 500 },
  { level: "http", intervalMs: 5_000, timeoutMs: 500 },
  { level: "business", intervalMs: 30_000, timeoutMs: 500 },
];
const ALL: CheckLevel[] = ["tcp", "http", "business"];
const once = (_: CheckLevel) => 1;
const steady = { jitterRatio: 0.1, random: 0.5 };
const due = (times: Partial<Record<CheckLevel, number>>) => new Map(Object.entries(times) as [CheckLevel, number][]);
const next = (checked: CheckLevel[], startedMs: number, endedMs = startedMs, factorOf = once, jitter = steady) =>
  Object.fromEntries(
    dueAfter(
      plan,
      due({ tcp: 1_000, http: 5_000, business: 30_000 }),
      checked,
      { startedMs, endedMs },
      factorOf,
      jitter,
    ),
  );

describe("the rhythm of checks", () => {
  test("a node that was never checked is checked on all levels at once", () => {
    expect(levelsDue(plan, new Map(), 0)).toEqual(ALL);
  });

  test("a level is due at its time and not a millisecond before; any check answers for TCP", () => {
    const times = due({ tcp: 9_000, http: 5_000, business: 30_000 });
    expect(levelsDue(plan, times, 4_999)).toEqual(["tcp"]);
    expect(levelsDue(plan, times, 5_000)).toEqual(["tcp", "http"]);
    expect(levelsDue(plan, times, 29_999)).toEqual(["tcp", "http"]);
    expect(levelsDue(plan, times, 30_000)).toEqual(ALL);
  });

  test("an interval counts from the check's beginning, and levels that were not checked keep their time", () => {
    expect(next(["tcp", "http"], 5_000, 5_400)).toEqual({ tcp: 6_000, http: 10_000, business: 30_000 });
  });

  test("a check that took longer than its interval is followed by the next at once, never by two", () => {
    expect(next(["tcp"], 1_000, 3_500).tcp).toBe(3_500);
  });

  test.each([
    [0, 900],
    [0.5, 1_000],
    [1, 1_100],
  ])("jitter of a tenth and a die of %d make 1 s %d ms", (random, dueMs) => {
    expect(next(["tcp"], 0, 0, once, { jitterRatio: 0.1, random }).tcp).toBe(dueMs);
  });

  test("levels of one interval stay together whatever the die says", () => {
    const two: LevelPlan[] = [
      { level: "http", intervalMs: 5_000, timeoutMs: 1 },
      { level: "grpc", intervalMs: 5_000, timeoutMs: 1 },
    ];
    const both = dueAfter(two, new Map(), ["http", "grpc"], { startedMs: 7, endedMs: 9 }, once, {
      jitterRatio: 0.5,
      random: 0.123,
    });
    expect(both.get("http")).toBe(both.get("grpc"));
  });

  test("no factor makes checks come more often than every 50 ms", () => {
    expect(next(["tcp"], 0, 0, () => 0.01).tcp).toBe(50);
  });
});

describe("faster when down", () => {
  const factors = { changingIntervalFactor: 0.5, downIntervalFactor: 0.2 };
  const level = (state: LevelHealth["state"], passes: number, failures: number): LevelHealth => ({
    state,
    reason: "",
    detail: "",
    consecutivePasses: passes,
    consecutiveFailures: failures,
    checkedMs: 0,
    latencyMs: 0,
  });
  test.each<[string, LevelHealth | undefined, number]>([
    ["never checked", undefined, 1],
    ["healthy", level("healthy", 9, 0), 1],
    ["healthy with a first failure", level("healthy", 0, 1), 0.5],
    ["new and failing", level("unknown", 0, 1), 0.5],
    ["down", level("unhealthy", 0, 3), 0.2],
    ["down with a first pass", level("unhealthy", 1, 0), 0.5],
  ])("a level that is %s has its interval times %d", (_, state, factor) => {
    expect(intervalFactor(state, factors)).toBe(factor);
  });

  test("a level that fails is checked sooner while the others keep their rhythm", () => {
    const times = next(ALL, 0, 0, (one) => (one === "http" ? 0.5 : 1));
    expect(times).toEqual({ tcp: 1_000, http: 2_500, business: 30_000 });
  });
});

test("first checks: three nodes within 4 ms, ten thousand over their whole interval", () => {
  expect(startSpacingMs(3, 5_000)).toBe(2);
  expect(startSpacingMs(2_500, 5_000)).toBe(2);
  expect(startSpacingMs(10_000, 5_000)).toBe(0.5);
  expect(startSpacingMs(0, 5_000)).toBe(0);
});
