import { describe, expect, it } from "vitest";
import { linesOf, MEASURES, type MeasureLine, measurePoints, measuresOf } from "#lib/client/measures.ts";
import type { MetricPoint, MetricSeries } from "#lib/contracts/metrics.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { emptyPoint, toPoint } from "#lib/core/metrics.ts";

const point = (atMs: number, causes: Record<string, number>): MetricPoint => {
  const details = { causes, hedges: 2, waited: 4, waitedMs: 20, connectionsOpened: 3, ejections: 1 };
  const counts = { ...emptyCounts(), retries: 5, status5xx: 7, bytesOut: 900, details };
  return toPoint(atMs, counts, 1_000, { inFlight: 6, queued: 1, connections: 9 }, true);
};
const seriesOf = (points: MetricPoint[], total: MetricPoint): MetricSeries => ({
  ...{ scope: "pool", id: "5eeb9f39-6f53-4fd5-8b29-7a7b4d0a4ad2", name: null, fromMs: 0, toMs: 3_000, stepMs: 1_000 },
  ...{ points, total },
});

const causesOf = (lines: readonly MeasureLine[]) => lines.map((line) => ("cause" in line ? line.cause : line.name));

describe("a chart of one measure", () => {
  const series = seriesOf([point(1_000, {}), emptyPoint(2_000, true)], point(2_000, {}));

  it("draws what was counted, and a gap where nothing was measured", () => {
    const drawn = Object.fromEntries(
      MEASURES.map((measure) => {
        const [first, gap] = measurePoints(series, linesOf(measure, series));
        expect([gap?.line0 ?? null, gap?.line1 ?? null]).toEqual([null, null]);
        return [measure, [first?.line0, first?.line1, first?.line2, first?.line3].filter((each) => each !== undefined)];
      }),
    );
    expect(drawn).toEqual({
      ...{ load: [6, 1], causes: [], status: [0, 0, 0, 7], repeats: [5, 2, 0], tail: [null, null], wait: [5] },
      ...{ refused: [0, 0], bytes: [0, 900], connections: [9], connecting: [3, 0, 0], events: [1, 0] },
    });
  });

  it("has lines of the causes that the range has most of, and one of all others together", () => {
    const causes = { a: 9, b: 8, c: 7, d: 6, e: 2, f: 1 };
    const failing = seriesOf([point(1_000, { a: 1, e: 3, f: 4 })], point(1_000, causes));
    const lines = linesOf("causes", failing);
    expect(causesOf(lines)).toEqual(["a", "b", "c", "d", null]);
    const [drawn] = measurePoints(failing, lines);
    expect([drawn?.line0, drawn?.line1, drawn?.line4]).toEqual([1, 0, 7]);
    expect(causesOf(linesOf("causes", seriesOf([], point(1_000, { a: 1 }))))).toEqual(["a"]);
  });

  it("is offered of what is counted of its target", () => {
    expect(measuresOf("pool")).toEqual([...MEASURES]);
    expect(measuresOf("node")).not.toContain("wait");
    expect(measuresOf("class")).toContain("wait");
    expect(measuresOf("route")).toContain("wait");
    for (const scope of ["route", "class"] as const) {
      expect(measuresOf(scope)).not.toContain("connections");
      expect(measuresOf(scope)).toEqual(expect.arrayContaining(["connecting", "events"]));
    }
  });
});
