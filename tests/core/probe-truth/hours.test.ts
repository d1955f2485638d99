import { describe, expect, it } from "vitest";
import { BUSY_HOUR, HOUR_MS, partByHours, type TrafficHour } from "#lib/core/probe-truth/hours.ts";
import { MINUTE_MS } from "#lib/core/probe-truth/traffic.ts";
import type { FactChange } from "#lib/core/probe-truth/types.ts";

const START = 1_000 * HOUR_MS;
const window = { fromMs: START, toMs: START + 6 * HOUR_MS };
const hour = (n: number, successes: number, failures = 0, workerId = "w"): TrafficHour => ({
  ...{ workerId, atMs: START + n * HOUR_MS, successes, failures },
});
const busy = [0, 1, 2, 3, 4, 5].map((n) => hour(n, 6_000));
const change = (atMs: number): FactChange => ({
  ...{ workerId: "w", atMs, fact: "health", from: "healthy", to: "unhealthy", reason: "" },
});
const hoursOf = (parts: readonly { fromMs: number; toMs: number }[]) =>
  parts.map(({ fromMs, toMs }) => [(fromMs - START) / HOUR_MS, (toMs - START) / HOUR_MS]);

describe("a day of hours", () => {
  it("whose hours are quiet and busy is known by its minutes, which add up to them", () => {
    const { minutes, unknown } = partByHours(busy, [], window);
    expect(unknown).toEqual([]);
    const own = minutes.get("w") ?? [];
    expect(own.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 360 }, (_, i) => START + i * MINUTE_MS));
    expect(own.reduce((sum, { successes }) => sum + successes, 0)).toBe(36_000);
    expect(new Set(own.map(({ failures }) => failures))).toEqual(new Set([0]));
  });

  it("has to be read where more failed than one good minute has, too little came, or is not stored, as parts that do not touch", () => {
    const some = [hour(0, BUSY_HOUR), hour(1, BUSY_HOUR - 1), hour(2, 5_997, 3), hour(3, 5_998, 2), hour(5, 0)];
    const { minutes, unknown } = partByHours(some, [], window);
    expect(hoursOf(unknown)).toEqual([
      [1, 3],
      [4, 5],
    ]);
    const own = minutes.get("w") ?? [];
    expect([own.length, own.reduce((sum, { failures }) => sum + failures, 0)]).toEqual([120, 2]);
  });

  it("has to be read in the hour of a change, and in the one before", () => {
    expect(hoursOf(partByHours(busy, [change(START + 3 * HOUR_MS)], window).unknown)).toEqual([[2, 4]]);
    expect(hoursOf(partByHours(busy, [change(START + 3 * HOUR_MS - 1)], window).unknown)).toEqual([[1, 3]]);
  });

  it("is whole where every worker's hour is, and begins and ends with the window", () => {
    const two = [...busy, hour(0, 6_000, 0, "v"), hour(1, 10, 0, "v")];
    expect(hoursOf(partByHours(two, [], window).unknown)).toEqual([[1, 2]]);
    const cut = { fromMs: START + 30 * MINUTE_MS, toMs: START + HOUR_MS + 15 * MINUTE_MS };
    const { minutes } = partByHours([hour(0, 6_000), hour(1, 1_500)], [], cut);
    const own = minutes.get("w") ?? [];
    expect([own[0]?.atMs, own.at(-1)?.atMs, own.length]).toEqual([cut.fromMs, cut.toMs - MINUTE_MS, 45]);
    expect([own[0]?.successes, own.at(-1)?.successes]).toEqual([100, 100]);
  });
});
