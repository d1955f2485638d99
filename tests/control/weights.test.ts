// What control makes of the worker's frames: factors, reasons and events of its nodes. Time is that of the frames.
import { describe, expect, test } from "vitest";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { NodeRuntime } from "#lib/contracts/runtime.ts";
import { Fleet, runtimeOf } from "#workers/control/fleet.ts";
import { WeightEvents } from "#workers/control/weight-events.ts";
import { isAdjustmentNews, isFactorChanged, Weights } from "#workers/control/weights.ts";
import { SpanCounts } from "#workers/proxy/recorder.ts";
import { documentOf, NODES, POOL, quickPool } from "./support.ts";

type Second = { status?: number; latencyMs?: number; requests?: number };
const [A, B] = NODES;
const urls = [
  { id: A, url: "http://127.0.0.1:1" },
  { id: B, url: "http://127.0.0.1:2" },
];
const OFF = { degrade: { enabled: false } };

function rig(settings: object, nodes = urls) {
  const fleet = new Fleet();
  let revision = 1;
  const load = (change: object, of = nodes) =>
    fleet.load({ revision: revision++, document: documentOf(quickPool(of, { ...settings, ...change })) }, 0);
  load({});
  const weights = new Weights(fleet);
  const events = new WeightEvents();
  let atMs = 0;
  /** A second in which the nodes did these things; returns what changed. */
  const second = (...did: (Second | null)[]) => {
    atMs += 1_000;
    const counted = nodes.map(({ id: nodeId }, at): MetricFrame["nodes"][number] => {
      const counts = new SpanCounts();
      const { status = 200, latencyMs = 10, requests = 100 } = did[at] ?? { requests: 0 };
      for (let n = 0; n < requests; n++) counts.record(status, status >= 500, latencyMs);
      return { nodeId, poolId: POOL, ...counts.takeOfNode(), inFlight: 0, share: 0.5 };
    });
    return weights.take({ atMs, pools: [], nodes: counted });
  };
  const adjustment = (nodeId: string) => fleet.nodes.get(nodeId)?.adjustment;
  return { fleet, weights, events, load, second, adjustment, now: () => atMs };
}

describe("dynamic weights of a worker", () => {
  const settings = { ...OFF, dynamicWeights: { enabled: true, intervalMs: 2_000, windowMs: 4_000 } };

  test("are decided each interval, by the figures of the window, and say by which", () => {
    const { second, adjustment } = rig(settings);
    expect(second({ latencyMs: 10 }, { latencyMs: 100 }).map(isFactorChanged)).toEqual([true, true]);
    expect(adjustment(A)?.dynamic).toMatchObject({ factor: 1.2, reason: "step-capped", requests: 100, errorRatio: 0 });
    expect(adjustment(A)?.dynamic?.meanMs).toBeCloseTo(10, 0);
    expect(second({ latencyMs: 10 }, { latencyMs: 100 })).toEqual([]);
    second({ latencyMs: 10 }, { latencyMs: 100 });
    expect([adjustment(A)?.dynamic?.factor, adjustment(B)?.dynamic?.factor]).toEqual([1.4, 0.6]);
    expect(adjustment(B)?.dynamic).toMatchObject({ requests: 300, minimumRequests: 50, decidedMs: 3_000 });
  });

  test("that stay as they are bring newer figures, which are no news", () => {
    const { second } = rig(settings);
    second({}, {});
    second({}, {});
    const changes = second({}, {});
    expect(changes.map((change) => [isFactorChanged(change), isAdjustmentNews(change)])).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  test("that are turned off are the operator's at the next second, and the history says so", () => {
    const { second, load, adjustment, events, now } = rig(settings);
    for (let i = 0; i < 5; i++) for (const one of second({ latencyMs: 1 }, { latencyMs: 100 })) events.of(one, now());
    load({ dynamicWeights: { enabled: false } });
    const changes = second({}, {});
    expect(changes.map(isFactorChanged)).toEqual([true, true]);
    expect(adjustment(A)).toEqual({ dynamic: null, degrade: null });
    expect(events.of(changes[0] as (typeof changes)[0], now())).toMatchObject([
      { fact: "weight", to: "at-100-percent", reason: "settings-changed" },
    ]);
  });

  test("tell the history of moves that add up to a quarter and of bounds, not of every step", () => {
    const { second, events, now } = rig(settings);
    const told = Array.from({ length: 30 }, () => second({ latencyMs: 10 }, { latencyMs: 1_000 })).flatMap((changes) =>
      changes.filter(({ entry }) => entry.nodeId === B).flatMap((change) => events.of(change, now())),
    );
    expect(told.map(({ from, to }) => [from, to])).toEqual([
      ["at-100-percent", "at-60-percent"],
      ["at-60-percent", "at-20-percent"],
      ["at-20-percent", "at-10-percent"],
    ]);
    expect(told.at(-1)?.reason).toMatch(/^weight-floor-\d+(\.\d+)?-ms-errors-0-percent$/);
  });

  test("of a node with another address begin anew", () => {
    const { second, load, adjustment } = rig(settings);
    second({ latencyMs: 10 }, { latencyMs: 100 });
    load({}, [{ id: A, url: "http://127.0.0.1:9" }, urls[1] as (typeof urls)[0]]);
    expect(adjustment(A)).toEqual({ dynamic: null, degrade: null });
    expect(adjustment(B)?.dynamic?.factor).toBe(0.8);
    second(null, { latencyMs: 100 });
    second(null, { latencyMs: 100 });
    expect(adjustment(A)?.dynamic).toMatchObject({ factor: 1, reason: "too-few-samples", requests: 0 });
  });
});

describe("the degrade rule of a worker", () => {
  const settings = { degrade: { windowMs: 3_000 } };
  const ill = { status: 500, latencyMs: 800 };

  test("takes a step a window, in its third second and not before, and gives it back the same way", () => {
    const { second, adjustment, events, now } = rig(settings);
    const factors = (what: Second, seconds: number) =>
      Array.from({ length: seconds }, () => {
        second(what, {});
        return adjustment(A)?.degrade?.factor ?? 1;
      });
    expect(factors(ill, 7)).toEqual([1, 1, 0.8, 0.8, 0.8, 0.6, 0.6]);
    expect(factors({}, 8)).toEqual([0.6, 0.8, 0.8, 0.8, 1, 1, 1, 1]);
    expect(adjustment(B)).toEqual({ dynamic: null, degrade: null });
    const [change] = [1, 2, 3].flatMap(() => second(ill, {}));
    expect(events.of(change as NonNullable<typeof change>, now())).toMatchObject([
      { nodeId: A, fact: "degrade", from: "at-100-percent", to: "at-80-percent" },
    ]);
    expect(change?.degradeCause).toMatch(/^mean-\d{3}-ms-errors-\d+(\.\d)?-percent$/);
  });

  test("goes by the percentile that is chosen", () => {
    const { second, adjustment } = rig({ degrade: { windowMs: 2_000, measure: "p99", errorRatio: 0 } });
    // A twentieth fails, and a fiftieth is slow: the mean is far below the threshold.
    const mixed = () => {
      second({ status: 500, latencyMs: 10, requests: 5 }, {});
      second({ latencyMs: 900, requests: 2 }, {});
      return second({ latencyMs: 10, requests: 93 }, {});
    };
    mixed();
    mixed();
    expect(adjustment(A)?.degrade).toBeNull();
    const { second: third, adjustment: degraded } = rig({ degrade: { windowMs: 3_000, measure: "p99" } });
    third({ status: 500, latencyMs: 10, requests: 8 }, {});
    third({ latencyMs: 900, requests: 5 }, {});
    third({ latencyMs: 10, requests: 87 }, {});
    expect(degraded(A)?.degrade).toMatchObject({
      step: 1,
      cause: expect.stringMatching(/^p99-[89]\d\d-ms-errors-8-percent$/),
    });
  });

  test("lets a node go that nobody asks any more, after three windows a step", () => {
    const { second, adjustment } = rig(settings);
    for (let i = 0; i < 3; i++) second(ill, {});
    for (let i = 0; i < 8; i++) second(null, {});
    expect(adjustment(A)?.degrade).toMatchObject({ step: 1 });
    second(null, {});
    expect(adjustment(A)?.degrade).toBeNull();
  });

  test("goes on after a restart of control where it was, also for nodes that get no requests", () => {
    const before = rig(settings);
    for (let i = 0; i < 3; i++) before.second(ill, {});
    const kept = [...before.fleet.nodes.values()].map((entry) =>
      NodeRuntime.parse(JSON.parse(JSON.stringify(runtimeOf(entry)))),
    );
    const after = rig(settings);
    after.fleet.restore({ nodes: kept, passive: [], servingSinceMs: {} }, {}, 0);
    expect(after.adjustment(A)?.degrade).toMatchObject({ step: 1, factor: 0.8, sinceMs: 3_000 });
    for (let i = 0; i < 11; i++) after.second(null, {});
    expect(after.adjustment(A)?.degrade).toMatchObject({ step: 1 });
    after.second(null, {});
    expect(after.adjustment(A)?.degrade).toBeNull();
  });

  test("knows a runtime file of before there were adjustments", () => {
    const { fleet } = rig(settings);
    const { adjustment: _, ...old } = runtimeOf([...fleet.nodes.values()][0] as Parameters<typeof runtimeOf>[0]);
    expect(NodeRuntime.parse(old).adjustment).toEqual({ dynamic: null, degrade: null });
  });

  test("multiplies with dynamic weights", () => {
    const { second, adjustment } = rig({ ...settings, dynamicWeights: { enabled: true, intervalMs: 1_000 } });
    for (let i = 0; i < 3; i++) second({ ...ill, latencyMs: 900 }, {});
    expect(adjustment(A)).toMatchObject({ dynamic: { factor: 0.4, reason: "no-success" }, degrade: { factor: 0.8 } });
  });
});
