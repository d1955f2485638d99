import { describe, expect, it } from "vitest";
import { MAX_EXPRESSION, metricsIn, parseExpression } from "#lib/contracts/alert-expression.ts";
import { holds, type Lookup } from "#lib/core/alerts/evaluate-expression.ts";

const FIGURES: Record<string, number | null> = {
  error_ratio: 0.08,
  p99_ms: 900,
  "p50_ms 3600000": 200,
  requests_per_second: 0,
  success_ratio: null,
  queued: 3,
};
const lookup: Lookup = (name, windowMs) => FIGURES[windowMs === null ? name : `${name} ${windowMs}`] ?? null;
const value = (text: string) => {
  const parsed = parseExpression(text, "pool");
  if (!parsed.ok) throw new Error(`${text} at ${parsed.at}: ${parsed.message}`);
  return holds(parsed.condition, lookup);
};
const fault = (text: string, of: "pool" | "node" = "pool") => {
  const parsed = parseExpression(text, of);
  return parsed.ok ? null : `${parsed.at}: ${parsed.message}`;
};

describe("expressions", () => {
  it.each([
    ["error_ratio > 5%", true],
    ["error_ratio > 8%", false],
    ["error_ratio >= 8%", true],
    ["p99_ms > 4 * p50_ms[1h] and error_ratio < 0.1", true],
    ["p99_ms >= 1s", false],
    ["p99_ms > 2 * (400 + 49) or queued == 4", true],
    ["not (queued != 3)", true],
    ["(queued > 1 and queued < 3) or (queued - 1) * 2 == 4", true],
    ["-queued < 0", true],
    ["1 - error_ratio < 95%", true],
    ["queued / requests_per_second > 1", null],
    ["success_ratio < 99%", null],
    ["success_ratio < 99% and queued > 100", false],
    ["success_ratio < 99% or queued > 1", true],
    ["not success_ratio < 99%", null],
  ])("%s is %s", (text, expected) => expect(value(text)).toBe(expected));

  it.each([
    ["", "1: ends where a figure or a number is missing"],
    ["error_ratio", "12: ends where a comparison is missing"],
    ["errors > 1", "1: there is no figure named errors"],
    ["queued > 1 queued", "12: queued stands where and, or, or the end should"],
    ["(queued > 1", "12: ends where ) is missing"],
    ["queued > ;", '10: ";" is not understood'],
    ["p99_ms[5] > 1", "7: [5] is no window from [10s] to [24h], such as [5m]"],
    ["p99_ms[9s] > 1", "7: [9s] is no window from [10s] to [24h], such as [5m]"],
    ["healthy_nodes[5m] > 1", "14: healthy_nodes is known as it is now, and has no window"],
    ["connect_ms > 1", "1: connect_ms is a figure of a node, not of a pool"],
    ["queued > 5 and", "15: ends where a figure or a number is missing"],
    ["queued > 1.2.3", '10: "1.2.3" is not understood'],
    ["queued > 5xs", '10: "5xs" is not understood'],
  ])("says of %j where and why it is no expression", (text, message) => expect(fault(text)).toBe(message));

  it("is bounded in length and depth", () => {
    expect(fault(`queued > ${"1 + ".repeat(200)}1`)).toBe(`501: is longer than ${MAX_EXPRESSION} characters`);
    expect(fault(`${"(".repeat(16)}queued > 1${")".repeat(16)}`)).toBeNull();
    expect(fault(`${"(".repeat(17)}queued > 1${")".repeat(17)}`)).toBe("18: is nested more than 16 deep");
    expect(fault(`${"-".repeat(17)}queued > 1`)).toBe("18: is nested more than 16 deep");
  });

  it("names every figure with its window", () => {
    const parsed = parseExpression("p99_ms > 2 * p50_ms[1h] or not queued > 1", "pool");
    expect(parsed.ok && metricsIn(parsed.condition)).toEqual([
      { name: "p99_ms", windowMs: null },
      { name: "p50_ms", windowMs: 3_600_000 },
      { name: "queued", windowMs: null },
    ]);
  });
});
