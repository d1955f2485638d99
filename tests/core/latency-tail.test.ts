import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LatencyTail, MIN_SAMPLES } from "#lib/core/latency-tail.ts";

function recorded(latencies: readonly number[], nowMs = 0): LatencyTail {
  const tail = new LatencyTail();
  for (const latency of latencies) tail.record(latency, nowMs);
  return tail;
}
const sample = (count: number, ms: number) => Array.from({ length: count }, () => ms);

describe("the tail of recent latencies", () => {
  test("is not known from fewer than ten", () => {
    expect(recorded(sample(MIN_SAMPLES - 1, 5)).at(0.95, 0)).toBeNull();
    expect(recorded(sample(MIN_SAMPLES, 5)).at(0.95, 0)).toBeCloseTo(5, 0);
  });

  test("is the exact percentile, but for two per cent", () => {
    const latency = fc.double({ min: 0.1, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(latency, { minLength: MIN_SAMPLES, maxLength: 400 }), (latencies) => {
        const sorted = [...latencies].sort((a, b) => a - b);
        const exact = sorted[sorted.length - 1 - Math.floor(sorted.length * (1 - 0.95))] as number;
        const told = recorded(latencies).at(0.95, 0) as number;
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(0.02 * exact + 0.001);
      }),
    );
  });

  test("forgets what is more than ten seconds old, at the latest when something is recorded", () => {
    const tail = recorded(sample(100, 1_000));
    for (let i = 0; i < 100; i++) tail.record(5, 5_000);
    expect(tail.at(0.95, 5_000)).toBeGreaterThan(900);
    for (let i = 0; i < 100; i++) tail.record(5, 10_000);
    expect(tail.at(0.95, 10_000)).toBeCloseTo(5, 0);
  });

  test("is kept while nothing is recorded", () => {
    expect(recorded(sample(100, 30)).at(0.95, 3_600_000)).toBeCloseTo(30, 0);
  });

  test("is computed anew after 100 ms, not at every request", () => {
    const tail = recorded(sample(10, 5));
    expect(tail.at(0.95, 0)).toBeCloseTo(5, 0);
    for (let i = 0; i < 100; i++) tail.record(50, 0);
    expect(tail.at(0.95, 99)).toBeCloseTo(5, 0);
    expect(tail.at(0.95, 100)).toBeCloseTo(50, 0);
  });
});
