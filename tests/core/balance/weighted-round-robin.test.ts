import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WeightedRoundRobin } from "#lib/core/balance/weighted-round-robin.ts";
import { candidatesOf, pickIds, seededRandom, tally } from "./support.ts";

const picker = (weights: readonly number[], seed = 1) => {
  const p = new WeightedRoundRobin(seededRandom(seed));
  p.update(candidatesOf(weights));
  return p;
};
const weightsAndSeed = fc.tuple(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), fc.nat());

describe("weighted round robin", () => {
  test("shares 8,000 picks 5:3 to within one", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const counts = tally(pickIds(picker([5, 3], seed), 8_000));
        expect(counts).toEqual({ "node-0": 5_000, "node-1": 3_000 });
      }),
      { numRuns: 20 },
    );
  });

  test("gives each node exactly its weight in any run of total-of-weights picks", () => {
    fc.assert(
      fc.property(weightsAndSeed, fc.nat(500), ([weights, seed], start) => {
        const total = weights.reduce((a, b) => a + b, 0);
        const counts = tally(pickIds(picker(weights, seed), start + total).slice(start));
        for (const [i, weight] of weights.entries()) expect(counts[`node-${i}`]).toBe(weight);
      }),
    );
  });

  test("spreads a node's turns: two of them are never further apart than twice its due distance", () => {
    fc.assert(
      fc.property(weightsAndSeed, ([weights, seed]) => {
        const total = weights.reduce((a, b) => a + b, 0);
        const ids = pickIds(picker(weights, seed), total * 3);
        for (const [i, weight] of weights.entries()) {
          const turns = ids.flatMap((id, at) => (id === `node-${i}` ? [at] : []));
          const gaps = turns.slice(1).map((at, k) => at - (turns[k] as number));
          expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(2 * (total / weight) + weights.length);
        }
      }),
    );
  });

  test("stays exact over the point where deadlines are rebased", () => {
    const p = picker([5, 3, 2], 7);
    pickIds(p, 10 * 65_536 - 50);
    const ids = pickIds(p, 100);
    for (let start = 0; start <= 90; start++) {
      expect(tally(ids.slice(start, start + 10))).toEqual({ "node-0": 5, "node-1": 3, "node-2": 2 });
    }
  });

  test("gives a node in warm-up its fraction of a share", () => {
    expect(tally(pickIds(picker([1, 1, 0.1]), 2_100))).toEqual({ "node-0": 1_000, "node-1": 1_000, "node-2": 100 });
  });

  test("gives weight 0 nothing, even when there is nobody else", () => {
    expect(tally(pickIds(picker([0, 1]), 10))).toEqual({ "node-1": 10 });
    expect(picker([0]).pick(0, 0, null)).toBeNull();
    expect(picker([]).pick(0, 0, null)).toBeNull();
  });

  test("passes over skipped nodes and shares their turns by weight among the rest", () => {
    const counts = tally(pickIds(picker([4, 2, 1]), 3_000, (c) => c.id === "node-0"));
    expect(counts).toEqual({ "node-1": 2_000, "node-2": 1_000 });
  });

  test("finds the only node not skipped, however light, and none when all are skipped", () => {
    const heavy = picker([1000, 1000, 1]);
    expect(tally(pickIds(heavy, 50, (c) => c.id !== "node-2"))).toEqual({ "node-2": 50 });
    expect(heavy.pick(0, 0, () => true)).toBeNull();
    expect(heavy.pick(0, 0, null)).not.toBeNull();
  });

  test("is fair to the nodes left when it falls back to looking through them", () => {
    const counts = tally(pickIds(picker([1000, 1, 1, 1]), 300, (c) => c.id === "node-0"));
    expect(Object.keys(counts)).toHaveLength(3);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(90);
  });

  test("goes on where it was when an update changes nothing", () => {
    const nodes = candidatesOf([5, 3, 3, 1]);
    const [undisturbed, updated] = [new WeightedRoundRobin(seededRandom(3)), new WeightedRoundRobin(seededRandom(3))];
    undisturbed.update(nodes);
    updated.update(nodes);
    for (let i = 0; i < 500; i++) {
      updated.update(nodes);
      expect(updated.pick(0, 0, null)).toBe(undisturbed.pick(0, 0, null));
    }
  });

  test.each([-2, -1, 0, 1, 2])("serves a newcomer its share %i picks after deadlines are rebased", (after) => {
    const p = new WeightedRoundRobin(seededRandom(3));
    p.update(candidatesOf([2, 1]));
    pickIds(p, 3 * 65_536 + after);
    p.update(candidatesOf([2, 1, 3]));
    expect(Math.abs((tally(pickIds(p, 60))["node-2"] ?? 0) - 30)).toBeLessThanOrEqual(1);
  });

  test("keeps the shares of those who stay while another comes and goes at every pick", () => {
    const p = new WeightedRoundRobin(seededRandom(5));
    const nodes = candidatesOf([5, 3, 5, 2]);
    const ids: string[] = [];
    for (let i = 0; i < 8_000; i++) {
      p.update(nodes.slice(0, i % 2 === 0 ? 4 : 3));
      ids.push(p.pick(0, 0, (c) => c.id === "node-3")?.id ?? "none");
    }
    const counts = tally(ids);
    expect((counts["node-0"] ?? 0) / 8_000).toBeCloseTo(5 / 13, 2);
    expect((counts["node-1"] ?? 0) / 8_000).toBeCloseTo(3 / 13, 2);
  });
});
