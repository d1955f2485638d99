import { describe, expect, test } from "vitest";
import { recordLatency } from "#lib/core/balance/latency.ts";
import { EXPLORE_EVERY, LeastTime, STALE_AFTER_MS } from "#lib/core/balance/least-time.ts";
import type { Candidate } from "#lib/core/balance/types.ts";
import { candidatesOf, load, pickIds, tally } from "./support.ts";

const setUp = (weights: readonly number[]) => {
  const nodes = candidatesOf(weights) as [Candidate, Candidate, ...Candidate[]];
  const picker = new LeastTime();
  picker.update(nodes);
  return { nodes, picker };
};
const measure = (picker: LeastTime<Candidate>, node: Candidate, latencyMs: number) => {
  recordLatency(node, latencyMs, false, 0);
  picker.loadChanged(node);
};

describe("least time", () => {
  test("averages 0.95 old and 0.05 new", () => {
    const { nodes, picker } = setUp([1, 1]);
    measure(picker, nodes[0], 100);
    measure(picker, nodes[0], 200);
    expect(nodes[0].averageMs).toBeCloseTo(105, 9);
  });

  test("takes the smallest average × (in flight + 1) / weight", () => {
    const { nodes, picker } = setUp([1, 1]);
    measure(picker, nodes[0], 10);
    measure(picker, nodes[1], 25);
    expect(picker.pick(0, 0, null)).toBe(nodes[0]);
    load(picker, nodes[0], 2);
    expect(picker.pick(0, 0, null)).toBe(nodes[1]);
    load(picker, nodes[1], 1);
    expect(picker.pick(0, 0, null)).toBe(nodes[0]);
  });

  test("tries unmeasured nodes first, and spreads over them", () => {
    const { nodes, picker } = setUp([1, 1, 1]);
    measure(picker, nodes[0], 1);
    expect(tally(pickIds(picker, 100))).toEqual({ "node-1": 50, "node-2": 50 });
  });

  test("re-measures a node that got nothing for 10 s, once in 200 picks", () => {
    const { nodes, picker } = setUp([1, 1]);
    measure(picker, nodes[0], 5_000);
    measure(picker, nodes[1], 10);
    const nowMs = STALE_AFTER_MS;
    // A pick of the slow node now makes it fresh until 10 s later.
    const picks = (count: number, atMs: number) => Array.from({ length: count }, () => picker.pick(atMs, 0, null));
    expect(picks(EXPLORE_EVERY, nowMs)).not.toContain(nodes[0]);
    expect(picks(2, nowMs)).toContain(nodes[0]);
    expect(picks(3 * EXPLORE_EVERY, nowMs + STALE_AFTER_MS - 1)).not.toContain(nodes[0]);
    expect(picks(EXPLORE_EVERY, nowMs + STALE_AFTER_MS)).toContain(nodes[0]);
  });

  test("does not re-measure a node that still owes an answer, nor forgets over an update who is fresh", () => {
    const { nodes, picker } = setUp([1, 1]);
    measure(picker, nodes[0], 5_000);
    measure(picker, nodes[1], 10);
    const picks = (atMs: number) => Array.from({ length: 2 * EXPLORE_EVERY }, () => picker.pick(atMs, 0, null));
    load(picker, nodes[0], 1);
    expect(picks(50_000)).not.toContain(nodes[0]);
    load(picker, nodes[0], -1);
    expect(picks(50_000)).toContain(nodes[0]);
    picker.update(nodes);
    expect(picks(50_001)).not.toContain(nodes[0]);
  });

  test("leaves skipped nodes and weight 0 alone, also when exploring", () => {
    const { nodes, picker } = setUp([1, 1, 0]);
    const ids = Array.from({ length: 1_000 }, (_, i) => picker.pick(i * 1_000, 0, (c) => c === nodes[0])?.id);
    expect(new Set(ids)).toEqual(new Set(["node-1"]));
    expect(picker.pick(0, 0, () => true)).toBeNull();
  });
});
