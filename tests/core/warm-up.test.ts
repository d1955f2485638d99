import { describe, expect, test } from "vitest";
import type { WarmUpSettings } from "#lib/contracts/config.ts";
import {
  COLD_POOL_MS,
  decideWarmUp,
  isPoolCold,
  warmUpFactor,
  warmUpNextChangeMs,
  warmUpProgress,
} from "#lib/core/warm-up.ts";
import { settings } from "./facts.ts";

const MINUTE_MS = 60_000;
const START_MS = 1_000_000;
const defaults = settings.warmUp;
const warmUp = { startedMs: START_MS, cause: "recovery" as const };
const factorAt = (elapsedMs: number, change: Partial<WarmUpSettings> = {}) =>
  Number(warmUpFactor(warmUp, START_MS + elapsedMs, { ...defaults, ...change }).toFixed(6));

describe("warm-up factor", () => {
  test.each([
    [0, 0.1],
    [5, 0.3],
    [10, 0.5],
    [15, 0.7],
    [20, 0.9],
    [25, 1],
  ])("step curve: from minute %i on it is %f, and not one millisecond sooner", (minute, factor) => {
    expect(factorAt(minute * MINUTE_MS)).toBe(factor);
    if (minute > 0) expect(factorAt(minute * MINUTE_MS - 1)).toBeCloseTo(factor === 1 ? 0.9 : factor - 0.2, 6);
  });

  test("step curve never exceeds 1, also from a high start", () => {
    expect([0, 5, 10, 15, 20].map((m) => factorAt(m * MINUTE_MS, { startRatio: 0.5 }))).toEqual([0.5, 0.7, 0.9, 1, 1]);
  });

  test("linear curve rises evenly, exponential by equal factors, both from the start ratio to 1", () => {
    const at = (curve: "linear" | "exponential", part: number) =>
      factorAt(part * 1_000, { curve, windowMs: 1_000, startRatio: 0.04 });
    expect([0, 0.5, 1].map((part) => at("linear", part))).toEqual([0.04, 0.52, 1]);
    expect([0, 0.5, 1].map((part) => at("exponential", part))).toEqual([0.04, 0.2, 1]);
  });

  test("is 1 without a warm-up, or where warm-up is off, unless an operator asked for it", () => {
    const off = { ...defaults, enabled: false };
    expect(warmUpFactor(null, START_MS, defaults)).toBe(1);
    expect(warmUpFactor(warmUp, START_MS, off)).toBe(1);
    expect(warmUpFactor({ ...warmUp, cause: "manual" }, START_MS, off)).toBe(0.1);
  });

  test("is the start ratio, not less, on a clock behind the one that started it", () => {
    expect(factorAt(-5_000)).toBe(0.1);
  });
});

describe("warm-up progress", () => {
  test("tells step, remaining time and factor, and ends with the window", () => {
    expect(warmUpProgress(warmUp, START_MS + 7 * MINUTE_MS, defaults)).toEqual({
      factor: expect.closeTo(0.3, 6),
      elapsedRatio: 0.28,
      step: 2,
      steps: 5,
      remainingMs: 18 * MINUTE_MS,
    });
    expect(warmUpProgress(warmUp, START_MS + 25 * MINUTE_MS - 1, defaults)?.remainingMs).toBe(1);
    expect(warmUpProgress(warmUp, START_MS + 25 * MINUTE_MS, defaults)).toBeNull();
  });

  test("names the next step, and its end as the last", () => {
    const next = (elapsedMs: number, change: Partial<WarmUpSettings> = {}) => {
      const atMs = warmUpNextChangeMs(warmUp, START_MS + elapsedMs, { ...defaults, ...change });
      return atMs === null ? null : atMs - START_MS;
    };
    expect(next(0)).toBe(5 * MINUTE_MS);
    expect(next(-6 * MINUTE_MS)).toBe(5 * MINUTE_MS);
    expect(next(5 * MINUTE_MS - 1)).toBe(5 * MINUTE_MS);
    expect(next(5 * MINUTE_MS)).toBe(10 * MINUTE_MS);
    expect(next(25 * MINUTE_MS - 1)).toBe(25 * MINUTE_MS);
    expect(next(25 * MINUTE_MS)).toBeNull();
    expect(next(0, { curve: "linear" })).toBe(15_000);
  });
});

describe("start of a warm-up", () => {
  test("a pool is cold until it has served for five minutes, and while no node is warm", () => {
    const pool = { servingSinceMs: START_MS, warmNodes: 1, nowMs: START_MS + COLD_POOL_MS };
    expect(isPoolCold(pool)).toBe(false);
    expect(isPoolCold({ ...pool, nowMs: pool.nowMs - 1 })).toBe(true);
    expect(isPoolCold({ ...pool, servingSinceMs: null })).toBe(true);
    expect(isPoolCold({ ...pool, warmNodes: 0 })).toBe(true);
  });

  test("is skipped in a cold pool or where it is off, and always done for an operator", () => {
    const off = { ...defaults, enabled: false };
    expect(decideWarmUp("joining", defaults, false, 7)).toEqual({
      action: "start",
      warmUp: { startedMs: 7, cause: "joining" },
    });
    expect(decideWarmUp("recovery", defaults, true, 7)).toEqual({ action: "skip", reason: "pool-cold" });
    expect(decideWarmUp("recovery", off, false, 7)).toEqual({ action: "skip", reason: "disabled" });
    expect(decideWarmUp("manual", off, true, 7).action).toBe("start");
  });
});
