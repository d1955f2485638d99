import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Counts,
  METRIC_RESOLUTIONS,
  MetricFrame,
  MetricPoint,
  type MetricResolution,
} from "#lib/contracts/metrics.ts";
import { LiveTick } from "#lib/contracts/views.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { bucketOf } from "#lib/core/histogram.ts";
import { emptyPoint, toLiveTick, toPoint } from "#lib/core/metrics.ts";
import { EVERYTHING, METRIC_RETENTION_MS, rollUp, rollUpFrames, spanStartMs } from "#lib/core/roll-up.ts";
import { MAX_POINTS, planSeries, spansOfFrames, toSeries } from "#lib/core/series.ts";

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const [POOL_A, POOL_B, NODE] = [id(1), id(2), id(11)] as const;
const counts = (requests: number, latencyMs = 10): Counts => ({
  ...emptyCounts(),
  requests,
  successes: requests,
  latencyUs: requests > 0 ? { i: [bucketOf(latencyMs * 1_000)], n: [requests] } : { i: [], n: [] },
});
const frame = (atMs: number, requests: number, latencyMs = 10): MetricFrame =>
  MetricFrame.parse({
    atMs,
    pools: [
      { poolId: POOL_A, ...counts(requests, latencyMs), inFlight: requests, queued: 2 },
      { poolId: POOL_B, ...counts(0), inFlight: 1, queued: 0 },
    ],
    nodes: [{ nodeId: NODE, poolId: POOL_A, ...counts(requests, latencyMs), inFlight: 3, share: 0.5 }],
  });

describe("points", () => {
  test("tell rates, ratio and percentiles of what was counted", () => {
    const some = { ...counts(99), failures: 1, requests: 100, latencyUs: { i: [100, 200], n: [98, 2] } };
    const point = toPoint(5_000, some, 2_000, { inFlight: 4, queued: null });
    expect(MetricPoint.parse(point)).toMatchObject({
      requestsPerSecond: 50,
      successRatio: 0.99,
      failuresPerSecond: 0.5,
      inFlight: 4,
      queued: null,
    });
    expect(point.p50Ms).toBe(point.p90Ms);
    expect(point.p99Ms).toBeGreaterThan(point.p90Ms as number);
  });
  test("of a quiet time have a rate of zero and no ratio; of an unmeasured time nothing at all", () => {
    expect(toPoint(1, emptyCounts(), 1_000, { inFlight: 0, queued: 0 })).toEqual({
      ...emptyPoint(1),
      requestsPerSecond: 0,
      successesPerSecond: 0,
      failuresPerSecond: 0,
      inFlight: 0,
      queued: 0,
    });
  });
});

describe("the live tick", () => {
  test("merges workers, and totals come from merged histograms, not from averages", () => {
    const tick = LiveTick.parse(toLiveTick([frame(1_000, 99, 10), frame(1_000, 1, 500)]));
    expect(tick.total).toMatchObject({ requestsPerSecond: 100, successRatio: 1, inFlight: 102, queued: 4 });
    expect(tick.total.p50Ms).toBeCloseTo(10, 0);
    expect(tick.total.p99Ms).toBeCloseTo(10, 0);
    expect(tick.pools.map((p) => [p.id, p.requestsPerSecond, p.p50Ms === null, p.share])).toEqual([
      [POOL_A, 100, false, null],
      [POOL_B, 0, true, null],
    ]);
    expect(tick.nodes).toMatchObject([{ id: NODE, inFlight: 6, queued: 0, share: 0.5 }]);
  });
});

describe("roll-ups", () => {
  test("an instant on the boundary begins its span", () => {
    expect([spanStartMs(9_999, 10_000), spanStartMs(10_000, 10_000)]).toEqual([0, 10_000]);
  });
  test("the frame that ends with a span belongs to it", () => {
    expect(rollUpFrames([frame(10_000, 1)], "10s").map((r) => r.atMs)).toEqual([0, 0, 0, 0]);
  });
  test("sum counts and keep the highest gauges, per target and span", () => {
    const rows = rollUpFrames([frame(1_000, 5), frame(10_000, 7), frame(11_000, 1)], "10s");
    expect(rows.map((r) => [r.scope, r.targetId, r.atMs, r.counts.requests, r.inFlightMax, r.queuedMax])).toEqual([
      ["all", EVERYTHING, 0, 12, 8, 2],
      ["pool", POOL_A, 0, 12, 7, 2],
      ["pool", POOL_B, 0, 0, 1, 0],
      ["node", NODE, 0, 12, 3, 0],
      ["all", EVERYTHING, 10_000, 1, 2, 2],
      ["pool", POOL_A, 10_000, 1, 1, 2],
      ["pool", POOL_B, 10_000, 0, 1, 0],
      ["node", NODE, 10_000, 1, 3, 0],
    ]);
  });
  test("an hour rolled up in steps equals the hour rolled up at once", () => {
    const second = fc.tuple(
      fc.integer({ min: 1, max: 3_600 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 900 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(second, { selector: ([s]) => s, maxLength: 40 }), (seconds) => {
        const frames = seconds.map(([s, requests, latencyMs]) => frame(s * 1_000, requests, latencyMs));
        const stepwise = rollUp(rollUp(rollUp(rollUpFrames(frames, "10s"), "1m"), "5m"), "1h");
        expect(stepwise).toEqual(rollUpFrames(frames, "1h"));
      }),
      { numRuns: 50 },
    );
  });
});

describe("plans of series", () => {
  const NOW = 1_800_000_000_500;
  test.each<[string, number, MetricResolution, number, number]>([
    ["1 minute", 60_000, "1s", 1_000, 60],
    ["5 minutes", 300_000, "1s", 1_000, 300],
    ["10 minutes", 600_000, "1s", 2_000, 300],
    ["1 hour", 3_600_000, "10s", 20_000, 180],
    ["6 hours", 21_600_000, "1m", 120_000, 180],
    ["24 hours", 86_400_000, "5m", 300_000, 288],
    ["7 days", 604_800_000, "1h", 3_600_000, 168],
    ["31 days", 2_678_400_000, "1h", 10_800_000, 248],
    ["13 months", 396 * 86_400_000, "1d", 172_800_000, 198],
  ])("%s", (_, rangeMs, resolution, stepMs, points) => {
    const plan = planSeries({ rangeMs }, NOW);
    expect([plan.resolution, plan.stepMs, (plan.toMs - plan.fromMs) / plan.stepMs]).toEqual([
      resolution,
      stepMs,
      points,
    ]);
  });
  test("five minutes of an hour ago come from what is still kept", () => {
    expect(planSeries({ rangeMs: 300_000, toMs: NOW - 3_600_000 }, NOW)).toMatchObject({
      resolution: "10s",
      stepMs: 10_000,
    });
  });
  test("any range has at most 300 aligned steps that cover it, from a resolution kept at its start", () => {
    const range = fc.integer({ min: 60_000, max: 2_678_400_000 });
    fc.assert(
      fc.property(range, fc.integer({ min: 0, max: 300 * 86_400_000 }), (rangeMs, agoMs) => {
        const endMs = NOW - agoMs;
        const { resolution, stepMs, fromMs, toMs } = planSeries({ rangeMs, toMs: endMs }, NOW);
        expect((toMs - fromMs) / stepMs).toBeLessThanOrEqual(MAX_POINTS);
        expect([fromMs % stepMs, toMs % stepMs, stepMs % METRIC_RESOLUTIONS[resolution]]).toEqual([0, 0, 0]);
        expect(toMs).toBeGreaterThanOrEqual(stepMs === 1_000 ? endMs - 999 : endMs);
        expect(toMs - fromMs).toBeGreaterThanOrEqual(rangeMs);
        expect(agoMs + rangeMs).toBeLessThanOrEqual(METRIC_RETENTION_MS[resolution]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("series", () => {
  const plan = { resolution: "1s", stepMs: 2_000, fromMs: 10_000, toMs: 16_000, nowMs: 20_000 } as const;
  test("missing frames are gaps, and half a step's frames are no dip", () => {
    const frames = [frame(10_000, 99), frame(11_000, 4), frame(12_000, 6), frame(15_000, 5), frame(17_000, 99)];
    const points = toSeries(plan, spansOfFrames(frames, { scope: "pool", id: POOL_A }));
    expect(points.map((p) => [p.atMs, p.requestsPerSecond, p.inFlight])).toEqual([
      [12_000, 5, 6],
      [14_000, null, null],
      [16_000, 5, 5],
    ]);
  });
  test("an hour under way tells its rate over the minutes that are rolled up", () => {
    const HOUR = 3_600_000;
    const [hour] = rollUpFrames([frame(HOUR + 1_000, 600)], "1h");
    const hours = { resolution: "1h", stepMs: HOUR, fromMs: 0, toMs: 2 * HOUR } as const;
    const rateAt = (nowMs: number) => toSeries({ ...hours, nowMs }, hour ? [hour] : []).map((p) => p.requestsPerSecond);
    expect(rateAt(HOUR + 61_000)).toEqual([null, 10]);
    expect(rateAt(HOUR + 122_499)).toEqual([null, 10]);
    expect(rateAt(HOUR + 122_500)).toEqual([null, 5]);
    expect(rateAt(3 * HOUR)).toEqual([null, 600 / 3_600]);
  });
  test("two workers' frames of one second add up", () => {
    const frames = [frame(11_000, 4), frame(11_000, 6)];
    const [point] = toSeries(plan, spansOfFrames(frames, { scope: "all" }));
    expect(point).toMatchObject({ requestsPerSecond: 10, inFlight: 12, queued: 4 });
  });
  test("a node's series holds its own spans only; an unknown one is all gaps", () => {
    const spans = spansOfFrames([frame(11_000, 4)], { scope: "node", id: NODE });
    expect(spans.map((s) => s.scope)).toEqual(["node"]);
    expect(toSeries(plan, spansOfFrames([frame(11_000, 4)], { scope: "pool", id: id(9) }))).toEqual(
      [12_000, 14_000, 16_000].map((atMs) => emptyPoint(atMs)),
    );
  });
});
