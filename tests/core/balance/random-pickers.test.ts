import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aliasTable } from "#lib/core/balance/alias-table.ts";
import { recordLatency } from "#lib/core/balance/latency.ts";
import { PeakEwma } from "#lib/core/balance/peak-ewma.ts";
import { RandomTwoChoices } from "#lib/core/balance/random-two-choices.ts";
import type { Candidate } from "#lib/core/balance/types.ts";
import { candidatesOf, load, pickIds, seededRandom, tally } from "./support.ts";

describe("alias table", () => {
  test("draws in proportion to the weights", () => {
    const draw = aliasTable([5, 3, 0.5], seededRandom(1));
    const counts = [0, 0, 0];
    for (let i = 0; i < 85_000; i++) {
      const drawn = draw();
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect((counts[0] ?? 0) / 50_000).toBeCloseTo(1, 1);
    expect((counts[1] ?? 0) / 30_000).toBeCloseTo(1, 1);
    expect((counts[2] ?? 0) / 5_000).toBeCloseTo(1, 1);
  });
});

describe("random two choices", () => {
  const setUp = (weights: readonly number[], seed = 1) => {
    const nodes = candidatesOf(weights);
    const picker = new RandomTwoChoices(seededRandom(seed));
    picker.update(nodes);
    return { nodes, picker };
  };

  test("shares an idle pool by weight", () => {
    const counts = tally(pickIds(setUp([5, 3]).picker, 20_000));
    expect((counts["node-0"] ?? 0) / 20_000).toBeCloseTo(5 / 8, 1);
  });

  test("takes the less loaded of two nodes for their weights", () => {
    const { nodes, picker } = setUp([4, 2]);
    load(picker, nodes[0] as Candidate, 3);
    load(picker, nodes[1] as Candidate, 2);
    expect(tally(pickIds(picker, 50))).toEqual({ "node-0": 50 });
  });

  test("keeps in-flight requests even: never more than a few above the mean", () => {
    const { nodes, picker } = setUp(Array.from({ length: 100 }, () => 1));
    for (let i = 0; i < 1_000; i++) load(picker, picker.pick(0, 0, null) as Candidate, 1);
    expect(Math.max(...nodes.map((c) => c.inFlight))).toBeLessThanOrEqual(14);
  });

  test("starves nobody and never picks a skipped node or one of weight 0", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        (weights, seed) => {
          const { picker } = setUp([...weights, 0], seed);
          const counts = tally(pickIds(picker, 2_000, (c) => c.id === "node-0"));
          expect(Object.keys(counts).sort()).toEqual(weights.slice(1).map((_, i) => `node-${i + 1}`));
        },
      ),
      { numRuns: 20 },
    );
  });

  test("finds the one node left among 1,000, and answers null when there is none", () => {
    const { picker } = setUp(Array.from({ length: 1_000 }, () => 1));
    expect(tally(pickIds(picker, 20, (c) => c.id !== "node-777"))).toEqual({ "node-777": 20 });
    expect(picker.pick(0, 0, () => true)).toBeNull();
    expect(setUp([]).picker.pick(0, 0, null)).toBeNull();
  });
});

describe("peak EWMA", () => {
  const setUp = (weights: readonly number[]) => {
    const nodes = candidatesOf(weights);
    const picker = new PeakEwma(seededRandom(1));
    picker.update(nodes);
    const settle = (node: Candidate, latencyMs: number, failed: boolean, nowMs: number) => {
      recordLatency(node, latencyMs, failed, nowMs);
      picker.loadChanged(node);
    };
    return { nodes: nodes as [Candidate, Candidate, ...Candidate[]], picker, settle };
  };

  test("a slower sample counts at once, a faster one by and by", () => {
    const [node] = setUp([1, 1]).nodes;
    recordLatency(node, 200, false, 1_000);
    expect(node.peakEwmaMs).toBe(200);
    recordLatency(node, 100, false, 11_000);
    expect(node.peakEwmaMs).toBeCloseTo(100 + 100 * Math.exp(-1), 6);
  });

  test("avoids a node that fails fast", () => {
    const { nodes, picker, settle } = setUp([1, 1]);
    settle(nodes[0], 2, true, 0);
    settle(nodes[1], 100, false, 0);
    expect(tally(pickIds(picker, 100))).toEqual({ "node-1": 100 });
  });

  test("takes the lower latency × (in flight + 1) / weight", () => {
    const { nodes, picker, settle } = setUp([1, 1]);
    settle(nodes[0], 100, false, 0);
    settle(nodes[1], 40, false, 0);
    load(picker, nodes[1], 1);
    expect(picker.pick(0, 0, null)).toBe(nodes[1]);
    load(picker, nodes[1], 1);
    expect(picker.pick(0, 0, null)).toBe(nodes[0]);
    nodes[1].effectiveWeight = 2;
    picker.update(nodes);
    expect(picker.pick(0, 0, null)).toBe(nodes[1]);
  });

  test("tries a slow node again: nobody starves", () => {
    const { nodes, picker, settle } = setUp([1, 1]);
    settle(nodes[0], 5_000, false, 0);
    let triedAtMs = 0;
    for (let nowMs = 0; triedAtMs === 0 && nowMs < 300_000; nowMs += 100) {
      const picked = picker.pick(nowMs, 0, null) as Candidate;
      if (picked === nodes[0]) triedAtMs = nowMs;
      else settle(picked, 20, false, nowMs);
    }
    expect(triedAtMs).toBeGreaterThan(30_000);
    expect(triedAtMs).toBeLessThan(90_000);
  });

  test("always compares both of two nodes, and uses the other when one is skipped", () => {
    const { nodes, picker, settle } = setUp([1, 1]);
    settle(nodes[0], 500, false, 0);
    expect(tally(pickIds(picker, 200))).toEqual({ "node-1": 200 });
    expect(picker.pick(0, 0, (c) => c === nodes[1])).toBe(nodes[0]);
    expect(picker.pick(0, 0, () => true)).toBeNull();
  });
});
