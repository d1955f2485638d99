// A back-test over CPU, memory and queue sees what the rule would have read: each reading, as far as the stored spans tell them.
import { describe, expect, it } from "vitest";
import { AlertRule } from "#lib/contracts/config.ts";
import { backTestSpans } from "#lib/core/alerts/back-test.ts";
import { ResourceIndex } from "#lib/core/alerts/resource-index.ts";

const NODE = "00000000-0000-4000-8000-000000000001";
const POOL = "00000000-0000-4000-8000-000000000002";
const node = {
  id: NODE,
  name: "hot",
  poolId: POOL,
  poolName: "p",
  adminState: "ready",
  checksEnabled: true,
  labels: {},
} as const;
const fleet = {
  nodes: new Map([[NODE, node]]),
  pools: new Map([[POOL, { id: POOL, name: "p", labels: {}, nodeIds: [NODE] }]]),
};
const none = { count: 0, sum: 0, max: null };
const figure = (readings: readonly number[]) => ({
  ...{ count: readings.length, sum: readings.reduce((sum, each) => sum + each, 0) },
  max: readings.length > 0 ? Math.max(...readings) : null,
});

/** @param readings of each span, as they came */
const indexOf = (spanMs: number, readings: readonly (readonly number[])[]) =>
  new ResourceIndex(
    new Map([
      [
        NODE,
        readings.map((told, at) => ({
          ...{ atMs: at * spanMs, cpu: figure(told), memory: none, memoryRatio: none, backlog: none },
        })),
      ],
    ]),
    spanMs,
  );

function fired(spanMs: number, readings: readonly (readonly number[])[], expression: string, forMs = 0) {
  const condition = { kind: "expression", of: "node", expression };
  const rule = AlertRule.parse({ condition, forMs, clearForMs: 0 });
  const range = { fromMs: spanMs, toMs: readings.length * spanMs, spanMs };
  const resources = indexOf(spanMs, readings);
  const { firings } = backTestSpans(rule, fleet, new Map(), range, { resources });
  return { times: firings.map(({ firedMs, resolvedMs }) => [firedMs, resolvedMs]), notes: [...resources.notes] };
}

describe("a back-test of resources", () => {
  it("fires at a single high reading, as the rule does, though the mean of its span is low", () => {
    const { times, notes } = fired(
      10_000,
      [
        [0.2, 0.2],
        [0.95, 0.2],
        [0.2, 0.2],
      ],
      "cpu_ratio > 90%",
    );
    expect(times).toEqual([[20_000, 25_000]]);
    expect(notes).toEqual(["reading-order"]);
  });

  it("is interrupted by a single low reading, which the mean would hide", () => {
    const readings = [[0.2], [0.99, 0.99], [0.99, 0.85], [0.99, 0.99], [0.2]];
    expect(fired(10_000, readings, "cpu_ratio > 90%", 20_000).times).toEqual([]);
    expect(fired(10_000, readings, "cpu_ratio > 90%", 10_000).times).toEqual([[25_000, 30_000]]);
  });

  it("takes what is nearer to the reading before for the first of two", () => {
    const [first, second] = [0.9, 0.1];
    const index = indexOf(10_000, [[0.8], [second, first]]);
    expect([index.within(20_000), index.before(20_000)].map((told) => told.get(NODE)?.cpuRatio)).toEqual([
      first,
      expect.closeTo(second),
    ]);
  });

  it("of more readings in a span knows the highest and the mean, and says so", () => {
    const spike = [0.99, ...Array.from({ length: 11 }, () => 0.2)];
    const { times, notes } = fired(60_000, [[0.2, 0.2], spike], "cpu_ratio > 90%");
    expect(times).toEqual([[90_000, 120_000]]);
    expect(fired(60_000, [[0.2, 0.2], spike], "cpu_ratio > 90%", 60_000).times).toEqual([]);
    expect(notes).toEqual(["readings-together"]);
  });

  it("has no moment for what was not told", () => {
    const index = indexOf(10_000, [[0.5], [], [0.5]]);
    expect(index.before(20_000).get(NODE)?.cpuRatio ?? null).toBeNull();
    expect(index.before(40_000).size).toBe(0);
  });

  it("knows the highest part of the memory from the memory and its limit", () => {
    const memory = figure([950, 100]);
    const span = { atMs: 0, cpu: none, memory, memoryRatio: { ...figure([0.95, 0.1]), max: null }, backlog: none };
    const index = new ResourceIndex(new Map([[NODE, [span]]]), 10_000);
    const ratios = [index.within(10_000), index.before(10_000)].map((told) => told.get(NODE)?.memoryRatio);
    expect(ratios).toEqual([expect.closeTo(0.1), expect.closeTo(0.95)]);
  });
});
