// What the dashboard makes of live figures: the store, heartbeats, chart points.
import { describe, expect, it } from "vitest";
import { livePoints, placeAnnotations, timeTicks } from "#lib/client/chart-points.ts";
import { HEARTBEAT_SPAN_MS, HEARTBEAT_SPANS, heartbeat } from "#lib/client/heartbeat.ts";
import { labelWidthPx } from "#lib/client/label-width.ts";
import { LIVE_WINDOW_MS, LiveStore, type SeriesPoint } from "#lib/client/live-store.ts";
import { failuresOf, peakOf, valuesOf } from "#lib/client/live-summary.ts";
import type { MetricSeries } from "#lib/contracts/metrics.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import type { LiveTick } from "#lib/contracts/views.ts";

const NODE = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";
const zero = {
  requestsPerSecond: 0,
  successRatio: null,
  p50Ms: null,
  p99Ms: null,
  inFlight: 0,
  queued: 0,
  failuresPerSecond: 0,
};
const tick = (atMs: number, rates: Record<string, number> = {}): LiveTick => ({
  atMs,
  total: { ...zero, requestsPerSecond: 5 },
  pools: [],
  nodes: Object.entries(rates).map(([id, requestsPerSecond]) => ({ ...zero, id, requestsPerSecond, share: 0.5 })),
});
const point = (atMs: number, change: Partial<SeriesPoint["figures"]> = {}): SeriesPoint => ({
  atMs,
  figures: { ...zero, share: null, ...change },
});

describe("LiveStore", () => {
  it("sums what the proxies answered themselves over the window, and forgets what left it", () => {
    const store = new LiveStore();
    const own = (code: string, count: number) => ({ own: [{ code, count }] });
    const route = { routeId: NODE, answered: 1, limited: 2, tooLarge: 0 };
    store.add([
      { ...tick(1_000), ...own("no-route", 2) },
      { ...tick(2_000), ...own("redirect", 5), routes: [route] },
    ]);
    expect(store.ownAnswers()).toEqual([
      { code: "redirect", count: 5 },
      { code: "no-route", count: 2 },
    ]);
    expect(store.route(NODE)).toEqual(route);
    const before = store.ownAnswers();
    store.add([tick(3_000)]);
    expect(store.ownAnswers()).toBe(before);
    expect(store.route(NODE)).toBeUndefined();
    store.add([tick(1_000 + LIVE_WINDOW_MS)]);
    expect(store.ownAnswers()).toEqual([{ code: "redirect", count: 5 }]);
    store.add([tick(2_000 + LIVE_WINDOW_MS)]);
    expect(store.ownAnswers()).toEqual([]);
  });

  it("keeps the identity of figures that did not change, so that their row is not drawn again", () => {
    const store = new LiveStore();
    store.add([tick(1_000, { [NODE]: 1, [OTHER]: 1 })]);
    const before = [store.latest("node", NODE), store.latest("node", OTHER)];
    store.add([tick(2_000, { [NODE]: 1, [OTHER]: 2 })]);
    expect(store.latest("node", NODE)).toBe(before[0]);
    expect(store.latest("node", OTHER)).not.toBe(before[1]);
  });

  it("has no figures for what the newest tick leaves out: missing is not zero", () => {
    const store = new LiveStore();
    store.add([tick(1_000, { [NODE]: 7 })]);
    store.add([tick(2_000)]);
    expect(store.latest("node", NODE)).toBeUndefined();
    expect(store.series("node", NODE)).toHaveLength(1);
  });

  it("forgets what is older than its window, to the millisecond", () => {
    const store = new LiveStore();
    store.add([tick(1_000), tick(2_000)]);
    store.add([tick(1_000 + LIVE_WINDOW_MS)]);
    expect(store.series("all").map(({ atMs }) => atMs)).toEqual([2_000, 1_000 + LIVE_WINDOW_MS]);
  });

  it("takes each second once, also when the stream opens again and sends it anew", () => {
    const store = new LiveStore();
    let notified = 0;
    store.subscribe(() => notified++);
    store.add([tick(1_000), tick(2_000)]);
    store.add([tick(2_000), tick(1_000)]);
    expect(store.series("all")).toHaveLength(2);
    expect(notified).toBe(1);
  });

  it("fills in the seconds that it was told of by their totals alone while the stream was away", () => {
    const store = new LiveStore();
    store.add([tick(1_000, { [NODE]: 1 })]);
    store.add([tick(3_000), tick(5_000)], false);
    const missed = [2_000, 3_000, 4_000, 5_000].map((atMs) => tick(atMs, { [NODE]: 9 }));
    store.add(missed);
    expect(store.series("all").map(({ atMs }) => atMs)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(store.series("node", NODE).map(({ figures }) => figures.requestsPerSecond)).toEqual([1, 9, 9, 9, 9]);
    store.add([tick(4_000)], false);
    expect(store.series("node", NODE)).toHaveLength(5);
  });

  it("takes a missed second into the past, and leaves the figures of now as they are", () => {
    const store = new LiveStore();
    store.add([tick(1_000, { [NODE]: 1 }), tick(3_000, { [NODE]: 3 })]);
    store.add([{ ...tick(2_000, { [NODE]: 2, [OTHER]: 2 }), own: [{ code: "no-route", count: 4 }] }]);
    expect(store.lastTickMs()).toBe(3_000);
    expect(store.latest("node", NODE)?.requestsPerSecond).toBe(3);
    expect(store.latest("node", OTHER)).toBeUndefined();
    expect(store.series("node", NODE).map(({ figures }) => figures.requestsPerSecond)).toEqual([1, 2, 3]);
    expect(store.ownAnswers()).toEqual([{ code: "no-route", count: 4 }]);
  });

  it("knows that nodes were left out of a second until it leaves the window, to the millisecond", () => {
    const store = new LiveStore();
    store.add([tick(1_000)]);
    expect(store.leavesNodesOut()).toBe(false);
    store.add([{ ...tick(2_000), pools: [{ ...zero, id: OTHER, share: 1 }] }]);
    store.add([tick(1_999 + LIVE_WINDOW_MS, { [NODE]: 1 })]);
    expect(store.leavesNodesOut()).toBe(true);
    store.add([tick(2_000 + LIVE_WINDOW_MS, { [NODE]: 1 })]);
    expect(store.leavesNodesOut()).toBe(false);
  });

  it("takes no second that is older than its window, to the millisecond", () => {
    const store = new LiveStore();
    store.add([tick(1_000 + LIVE_WINDOW_MS)]);
    store.add([tick(1_000), tick(1_001)]);
    expect(store.series("all").map(({ atMs }) => atMs)).toEqual([1_001, 1_000 + LIVE_WINDOW_MS]);
  });

  it("tells ages by the server's clock when the browser's is wrong", () => {
    const store = new LiveStore();
    store.setClock(100_000, 40_000);
    expect(store.serverNowMs(41_000)).toBe(101_000);
  });
});

describe("heartbeat", () => {
  const nowMs = HEARTBEAT_SPANS * HEARTBEAT_SPAN_MS * 10;
  const facts = (health: Partial<NodeFacts["health"]>, admin: Partial<NodeFacts["admin"]> = {}): NodeFacts => ({
    nodeId: NODE,
    admin: { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "", ...admin },
    health: {
      state: "unknown",
      sinceMs: 0,
      reason: "ok",
      level: null,
      detail: "",
      consecutivePasses: 0,
      consecutiveFailures: 0,
      lastCheckMs: null,
      latencyMs: null,
      ...health,
    },
    adjustment: { dynamic: null, degrade: null },
    warmUp: null,
    ejection: { state: "in", timesEjected: 0 },
    breaker: { state: "closed" },
    cooling: { state: "not-cooling" },
    resolution: null,
    quota: null,
  });

  it("never calls good what nobody observed", () => {
    expect(new Set(heartbeat(facts({}), [], nowMs))).toEqual(new Set(["unknown"]));
  });

  it("reaches back only to when the present verdict began", () => {
    const sinceMs = nowMs - 3 * HEARTBEAT_SPAN_MS;
    const beats = heartbeat(facts({ state: "unhealthy", sinceMs, lastCheckMs: nowMs }), [], nowMs);
    expect(beats.slice(-4)).toEqual(["unknown", "bad", "bad", "bad"]);
  });

  it("does not believe a verdict that is a minute older than the span", () => {
    const beats = heartbeat(facts({ state: "healthy", sinceMs: 0, lastCheckMs: nowMs - 90_000 }), [], nowMs);
    expect(beats.at(-1)).toBe("unknown");
    expect(beats.at(-5)).toBe("good");
  });

  it("marks spans by real traffic: some failures warn, mostly failures are bad", () => {
    const series = [
      point(nowMs - HEARTBEAT_SPAN_MS, { requestsPerSecond: 10, failuresPerSecond: 1 }),
      point(nowMs, { requestsPerSecond: 10, failuresPerSecond: 5 }),
    ];
    expect(heartbeat(facts({}), series, nowMs).slice(-3)).toEqual(["unknown", "warn", "bad"]);
  });
});

describe("chart points", () => {
  it("draws a second without measurement as a gap and a measured zero as zero", () => {
    const points = livePoints([point(1_000), point(3_000)], 3_000, 3_000);
    expect(points.map(({ successesPerSecond }) => successesPerSecond)).toEqual([0, null, 0]);
  });

  it("takes from the stored series what the stream did not tell, and nothing else", () => {
    const at = (atMs: number) => ({ atMs, p50Ms: 7, successesPerSecond: 1, failuresPerSecond: 0, successRatio: 1 });
    const stored = { points: [at(1_000), at(2_000)] } as unknown as MetricSeries;
    const points = livePoints([point(1_000), point(3_000)], 4_000, 4_000, stored);
    expect(points.map(({ p50Ms }) => p50Ms)).toEqual([null, 7, null, null]);
    expect(points.map(({ successesPerSecond }) => successesPerSecond)).toEqual([0, 1, 0, null]);
  });

  it("never has more than 300 points", () => {
    expect(livePoints([], 1_000_000, 900_000)).toHaveLength(300);
  });

  it("puts ticks on round times, at most eight of them", () => {
    const minute = 60_000;
    expect(timeTicks([30_000, 5.5 * minute])).toEqual([1, 2, 3, 4, 5].map((m) => m * minute));
    expect(timeTicks([0, 43_200 * minute]).length).toBeLessThanOrEqual(8);
  });
});

describe("annotations", () => {
  const at = (atMs: number, text: string, tone: "accent" | "bad" = "accent") => ({ key: text, atMs, text, tone });

  it("leaves out what lies outside the range", () => {
    const placed = placeAnnotations([at(99, "a"), at(100, "b"), at(200, "c"), at(201, "d")], [100, 200], 1_000);
    expect(placed.map(({ text }) => text)).toEqual(["b", "c"]);
  });

  it("makes one line of many at the same place, and says how many", () => {
    const placed = placeAnnotations(
      [at(100, "publish 1"), at(101, "publish 2"), at(102, "publish 3")],
      [0, 1_000],
      500,
    );
    expect(placed.map(({ text }) => text)).toEqual(["publish 3 (+2)"]);
  });

  it("puts a label that has no room on the right to the left of its line", () => {
    const placed = placeAnnotations([at(990, "publish 7")], [0, 1_000], 500);
    expect(placed[0]).toMatchObject({ side: "left", row: 0 });
  });

  it("gives Chinese labels the width that they are drawn with, so that none covers the next", () => {
    const [first, second] = [at(100, "节点健康检查失败三次"), at(270, "排空", "accent")];
    // 10 characters of 10.5 px from 50 px on reach beyond 135 px, where the other one begins.
    expect(placeAnnotations([first, second], [0, 1_000], 500).map(({ row }) => row)).toEqual([0, 1]);
    expect(labelWidthPx("节点健康检查失败三次", 10.5)).toBeGreaterThanOrEqual(105);
    expect(labelWidthPx("，（）：", 10)).toBeGreaterThanOrEqual(40);
    expect(labelWidthPx("publish 42", 10)).toBeLessThan(70);
  });

  it("puts labels that would cover each other into different rows", () => {
    const placed = placeAnnotations([at(100, "publish 1"), at(150, "node down", "bad")], [0, 1_000], 500);
    expect(placed.map(({ row }) => row)).toEqual([0, 1]);
  });
});

describe("summaries", () => {
  const series = [
    point(10_000, { p99Ms: 40, failuresPerSecond: 1 }),
    point(11_000, { p99Ms: 90, failuresPerSecond: 2 }),
    point(20_000, { p99Ms: 50 }),
  ];

  it("keeps the worst value of each span and leaves spans without measurement empty", () => {
    expect(valuesOf(series, "p99Ms")).toEqual([90, null, 50]);
    expect(valuesOf(series, "p99Ms", "lowest")).toEqual([40, null, 50]);
  });

  it("finds the peak and when it was, and none where nothing was above zero", () => {
    expect(peakOf(series, "p99Ms")).toEqual({ value: 90, atMs: 11_000 });
    expect(peakOf(series, "queued")).toBeUndefined();
  });

  it("counts the failures of the series", () => {
    expect(failuresOf(series)).toBe(3);
  });
});
