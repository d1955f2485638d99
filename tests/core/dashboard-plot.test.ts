// Where a chart's figures lie, what of a range is looked at closer, and what a chart is as a table.
import { describe, expect, it } from "vitest";
import { chartCsv } from "#lib/client/chart-csv.ts";
import type { ChartPoint } from "#lib/client/chart-points.ts";
import {
  makeScale,
  movedBy,
  nearestPoint,
  PLOT_EDGE,
  pathsOf,
  ticksFromZero,
  ticksToHundred,
} from "#lib/client/plot.ts";
import { fileName } from "#lib/client/save-file.ts";
import { aroundMiddle, MAX_RANGE_MS, twiceAsLong } from "#lib/client/time-range.ts";

const NONE = { p50Ms: null, p90Ms: null, p99Ms: null, successPercent: null };
const point = (atMs: number, p50Ms: number | null): ChartPoint => ({
  ...NONE,
  ...{ atMs, p50Ms, successesPerSecond: null, failuresPerSecond: null },
});
const EDGES = PLOT_EDGE.left + PLOT_EDGE.right;

describe("the axis of values", () => {
  it("reaches from zero in round steps to at least the highest value, and no further than the next step", () => {
    expect(ticksFromZero(431)).toEqual([0, 125, 250, 375, 500]);
    expect(ticksFromZero(100)).toEqual([0, 25, 50, 75, 100]);
    expect(ticksFromZero(100.1).at(-1)).toBe(120);
    expect(ticksFromZero(0.3)).toEqual([0, 0.075, 0.15, 0.225, 0.3]);
  });

  it("is there when nothing was counted, too", () => {
    expect(ticksFromZero(0)).toEqual([0, 1, 2, 3, 4]);
  });

  it("ends at 100 for percentages and reaches down as far as the lowest", () => {
    expect(ticksToHundred(99.4)).toEqual([99, 99.25, 99.5, 99.75, 100]);
    expect(ticksToHundred(100)).toEqual([99, 99.25, 99.5, 99.75, 100]);
    expect(ticksToHundred(12)).toEqual([0, 25, 50, 75, 100]);
  });
});

describe("the lines of a chart", () => {
  const scale = makeScale([0, 10_000], [0, 100], 100 + EDGES);

  it("break where nothing was measured, and show a lone measurement", () => {
    const { line } = pathsOf([point(0, 1), point(1_000, 2), point(2_000, null), point(3_000, 4)], "p50Ms", scale);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line.endsWith("h1.5")).toBe(true);
  });

  it("end at the edges of the range", () => {
    const { line } = pathsOf([point(-1, 1), point(0, 1), point(10_000, 1), point(10_001, 1)], "p50Ms", scale);
    expect(line.match(/L/g)).toHaveLength(1);
  });

  it("give back the instant of a place, and none outside the range", () => {
    expect(scale.at(scale.x(4_000))).toBeCloseTo(4_000);
    expect(scale.at(-50)).toBe(0);
    expect(scale.at(5_000)).toBe(10_000);
  });
});

describe("nearestPoint", () => {
  const points = [point(0, 1), point(10, 1), point(20, 1)];
  it("takes the nearer neighbour, and the ends beyond them", () => {
    expect([-5, 4, 5, 6, 14, 16, 99].map((atMs) => nearestPoint(points, atMs))).toEqual([0, 0, 0, 1, 1, 2, 2]);
  });
});

describe("looking closer and less close", () => {
  it("takes whole seconds, and at least a minute around what was chosen", () => {
    expect(aroundMiddle(100_400, 170_200)).toEqual({ fromMs: 100_000, toMs: 171_000 });
    expect(aroundMiddle(100_000, 110_000)).toEqual({ fromMs: 75_000, toMs: 135_000 });
  });

  it("looks at twice as much around the same middle, never at the time to come", () => {
    expect(twiceAsLong({ rangeMs: 60_000, toMs: 300_000 }, 1_000_000)).toEqual({ fromMs: 210_000, toMs: 330_000 });
    expect(twiceAsLong({ rangeMs: 60_000, toMs: 990_000 }, 1_000_000)).toEqual({ fromMs: 880_000, toMs: 1_000_000 });
    expect(twiceAsLong({ rangeMs: 300_000 }, 1_000_000)).toEqual({ fromMs: 400_000, toMs: 1_000_000 });
    const { fromMs, toMs } = twiceAsLong({ rangeMs: MAX_RANGE_MS }, 2 * MAX_RANGE_MS);
    expect(toMs - fromMs).toBe(MAX_RANGE_MS);
  });
});

describe("a chart as a table", () => {
  it("has a missing measurement as an empty cell, and the period before beside the present one", () => {
    const points = [point(60_000, 1.23456), point(61_000, null)];
    const before = movedBy([point(0, 7), point(1_000, 8)], 60_000);
    const table = chartCsv({
      points,
      columns: [{ field: "p50Ms", label: 'P50 "ms"' }],
      timeLabel: "Time",
      before: { points: before, label: (line) => `${line}, before` },
    });
    expect(table).toBe(
      '\uFEFF"Time","P50 ""ms""","P50 ""ms"", before"\r\n' +
        "1970-01-01T00:01:00.000Z,1.235,7\r\n1970-01-01T00:01:01.000Z,,8\r\n",
    );
  });

  it("is named by words of any language, without what file systems refuse", () => {
    expect(fileName(["a/b 的延迟: *", "2026-11-28T10:00:00.000Z"], "csv")).toBe(
      "a-b-的延迟-2026-11-28T10-00-00.000Z.csv",
    );
  });
});
