// Node × time, as the server plans and reckons it and as the dashboard colours it.
import { describe, expect, it } from "vitest";
import { boundsOf, heatRowsOf, levelOf } from "#lib/client/heat.ts";
import type { HeatMap } from "#lib/contracts/heat-map.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { heatRows, planHeatMap } from "#lib/core/heat-map.ts";
import { METRIC_RETENTION_MS, type RollUp } from "#lib/core/roll-up.ts";

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("planHeatMap", () => {
  const plan = (rangeMs: number, nodes: number) => planHeatMap({ rangeMs }, NOW, METRIC_RETENTION_MS, nodes);
  it("never reads single seconds, and has at most 60 steps", () => {
    expect(plan(5 * MINUTE, 3)).toMatchObject({ resolution: "10s", stepMs: 10_000 });
    for (const rangeMs of [MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 30 * 24 * HOUR]) {
      const { fromMs, toMs, stepMs } = plan(rangeMs, 3);
      expect((toMs - fromMs) / stepMs).toBeLessThanOrEqual(61);
    }
  });

  it("takes longer steps of a large fleet, whose spans of a day would be hundreds of thousands", () => {
    expect(plan(24 * HOUR, 200)).toMatchObject({ resolution: "5m", stepMs: 30 * MINUTE });
    expect(plan(24 * HOUR, 1_000)).toMatchObject({ resolution: "1h", stepMs: HOUR });
  });
});

describe("heatRows", () => {
  it("has a value where a node was asked, null where it was not, and no row for a node without spans", () => {
    const plan = planHeatMap({ rangeMs: MINUTE, toMs: NOW }, NOW, METRIC_RETENTION_MS, 1);
    const counts = { ...emptyCounts(), requests: 10, successes: 9, failures: 1 };
    const span: RollUp = {
      ...{ scope: "node", targetId: "a", name: "", poolId: "p", atMs: plan.fromMs + 10_000, counts },
      ...{ inFlightMax: 0, queuedMax: 0, connectionsMax: null },
    };
    const rows = heatRows(plan, [span]);
    const { errorRatio = [] } = rows.get("a") ?? {};
    expect([...rows.keys()]).toEqual(["a"]);
    expect(errorRatio.map((value) => value && Number(value.toFixed(3)))).toEqual([null, 0.1, null, null, null, null]);
  });
});

describe("colours", () => {
  const map = (values: Record<string, (number | null)[]>): HeatMap => ({
    ...{ poolId: "p", fromMs: 0, toMs: 20_000, stepMs: 10_000 },
    nodes: Object.entries(values).map(([name, p99Ms]) => ({ nodeId: name, name, p99Ms, errorRatio: [0, null] })),
  });

  it("put the node with the worst value first, and one without any last", () => {
    const rows = heatRowsOf(map({ calm: [5, 6], none: [null, null], slow: [5, 900] }), "latency");
    expect(rows.map(({ name }) => name)).toEqual(["slow", "calm", "none"]);
  });

  it("stay pale while nothing differs much", () => {
    const bounds = boundsOf(heatRowsOf(map({ a: [100, 110] }), "latency"), "latency");
    expect(levelOf(110, bounds)).toBe(0);
  });

  it("are darkest for the greatest and palest for the least", () => {
    const bounds = boundsOf(heatRowsOf(map({ a: [1, 1_000] }), "latency"), "latency");
    expect([levelOf(1, bounds), levelOf(1_000, bounds)]).toEqual([0, 4]);
    expect(levelOf(0, boundsOf([], "errors"))).toBe(0);
  });
});
