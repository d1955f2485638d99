// What is counted of routes, classes and everything together, from the frame of a second to the points of a chart.
import { describe, expect, test } from "vitest";
import { type Counts, MetricFrame, MetricPoint } from "#lib/contracts/metrics.ts";
import { emptyCounts, mergeFrames } from "#lib/core/counts.ts";
import { bucketOf } from "#lib/core/histogram.ts";
import { EVERYTHING, type RollUp, rollUp, rollUpFrames } from "#lib/core/roll-up.ts";
import { planSeries, spansOfFrames, toSeries, toTotal, withIdle } from "#lib/core/series.ts";

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const [POOL, OTHER, ROUTE] = [id(1), id(2), id(21)] as const;
const counts = (requests: number, more: Partial<Counts> = {}): Counts => ({
  ...emptyCounts(),
  requests,
  successes: requests,
  latencyUs: requests === 0 ? { i: [], n: [] } : { i: [bucketOf(10_000)], n: [requests] },
  ...more,
});
const queue = { name: "gold", queued: 3, oldestWaitMs: 9, served: 2, waitedMs: 50, refused: 1, timedOut: 0 };
const frame = (atMs: number): MetricFrame =>
  MetricFrame.parse({
    atMs,
    pools: [
      { poolId: POOL, ...counts(9), inFlight: 4, queued: 3, connections: 7, queues: [queue] },
      { poolId: OTHER, ...counts(1, { details: { causes: { "status-500": 1 } } }), inFlight: 1, queued: 0 },
    ],
    nodes: [],
    flows: [
      {
        ...{ poolId: POOL, routeId: ROUTE, class: "gold", inFlight: 2, queued: 2 },
        ...counts(4, { details: { waited: 1, waitedMs: 30, queueRefused: 1 } }),
      },
      { poolId: POOL, routeId: null, class: "gold", ...counts(3), inFlight: 1 },
      { poolId: POOL, routeId: ROUTE, class: "default", ...counts(2), inFlight: 1 },
      { poolId: OTHER, routeId: ROUTE, ...counts(1), inFlight: 1 },
    ],
  });
const figures = ({ scope, targetId, name, counts: { requests, details }, inFlightMax, queuedMax }: RollUp) => ({
  ...{ scope, targetId, name, requests, details, inFlightMax, queuedMax },
});
const spans = (scope: RollUp["scope"]) =>
  rollUpFrames([frame(11_000)], "1s")
    .filter((span) => span.scope === scope)
    .map(figures);

describe("flows", () => {
  test("of several processes are summed by pool, route and class", () => {
    const merged = mergeFrames([frame(11_000), frame(11_000)]).flows ?? [];
    expect(merged.map(({ queued }) => queued)).toEqual([4, undefined, undefined, undefined]);
    expect(merged.map((flow) => [flow.routeId, flow.class, flow.requests, flow.inFlight])).toEqual([
      [ROUTE, "gold", 8, 4],
      [null, "gold", 6, 2],
      [ROUTE, "default", 4, 2],
      [ROUTE, undefined, 2, 2],
    ]);
  });

  test("make a route's counts over all pools and classes that it leads to, with how its requests waited", () => {
    const details = { waited: 1, waitedMs: 30, queueRefused: 1 };
    expect(spans("route")).toEqual([
      { scope: "route", targetId: ROUTE, name: "", requests: 7, details, inFlightMax: 4, queuedMax: 2 },
    ]);
  });

  test("make a class's counts over all routes, with how its requests waited; a pool without classes has none", () => {
    const waits = { waited: 2, waitedMs: 50, queueRefused: 1 };
    expect(spans("class")).toEqual([
      { scope: "class", targetId: POOL, name: "gold", requests: 7, details: waits, inFlightMax: 3, queuedMax: 3 },
      {
        scope: "class",
        targetId: POOL,
        name: "default",
        requests: 2,
        details: undefined,
        inFlightMax: 1,
        queuedMax: 0,
      },
    ]);
  });

  test("everything together is the sum of the pools", () => {
    const [all] = rollUpFrames([frame(11_000)], "1s").filter(({ scope }) => scope === "all");
    expect(all).toMatchObject({ targetId: EVERYTHING, inFlightMax: 5, queuedMax: 3, connectionsMax: 7 });
    expect(all?.counts).toMatchObject({ requests: 10, details: { waited: 2, causes: { "status-500": 1 } } });
  });

  test("rolling up keeps classes of one pool apart", () => {
    const minute = rollUp(rollUpFrames([frame(11_000), frame(12_000)], "10s"), "1m");
    const classes = minute.filter(({ scope }) => scope === "class").map((span) => [span.name, span.counts.requests]);
    expect(classes).toEqual([
      ["gold", 14],
      ["default", 4],
    ]);
  });
});

describe("series", () => {
  const plan = { resolution: "1s", stepMs: 1_000, fromMs: 10_000, toMs: 13_000, nowMs: 60_000 } as const;
  const ofRoute = { scope: "route", id: ROUTE } as const;

  test("of a route are zero in seconds in which only others were asked, and a gap where nothing was measured", () => {
    const told = spansOfFrames([frame(11_000)], ofRoute);
    const all = withIdle(told, [10_000, 11_000], { scope: "route", targetId: ROUTE, name: "" });
    expect(toSeries(plan, all).map((point) => point.requestsPerSecond)).toEqual([7, 0, null]);
  });

  test("have every detail where it is asked for, and their sum always has", () => {
    const [point] = toSeries(plan, spansOfFrames([frame(11_000)], { scope: "pool", id: POOL }), true);
    expect(MetricPoint.parse(point).detail).toMatchObject({
      connections: 7,
      queueWaitMs: 25,
      queueRefusedPerSecond: 1,
      causesPerSecond: {},
    });
    const without = spansOfFrames([frame(11_000)], { scope: "all" });
    expect(toSeries(plan, without)[0]).not.toHaveProperty("detail");
    expect(toTotal(plan, without)).toMatchObject({ atMs: 13_000, requestsPerSecond: 10, detail: { connections: 7 } });
    expect(toTotal(plan, []).detail).toBeNull();
  });

  test("of thirteen months have at most 300 points, from spans of a day", () => {
    const months = planSeries({ rangeMs: 396 * 86_400_000 }, 1_764_288_000_000);
    expect(months.resolution).toBe("1d");
    expect((months.toMs - months.fromMs) / months.stepMs).toBeLessThanOrEqual(300);
  });
});
