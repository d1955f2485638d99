import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DynamicWeightSettings } from "#lib/contracts/config.ts";
import { DEAD_BAND, decideDynamicWeights, type WeighedNode } from "#lib/core/weights/dynamic.ts";
import type { Figures } from "#lib/core/weights/figures.ts";

const settings = DynamicWeightSettings.parse({ enabled: true });
const figures = (goodMeanMs: number | null, errorRatio = 0, requests = 1_000, refusedRatio = errorRatio): Figures => ({
  ...{ requests, errorRatio, refusedRatio, goodMeanMs },
});
const node = (of: Figures, factor = 1, weight = 100): WeighedNode => ({ weight, factor, score: null, figures: of });
/** Decides again and again by the same figures. */
function decidedAfter(rounds: number, nodes: readonly WeighedNode[], by = settings) {
  let now = [...nodes];
  let decided = decideDynamicWeights(now, by);
  for (let round = 1; round < rounds; round++) {
    now = now.map((one, at) => ({ ...one, factor: decided[at]?.factor ?? 1, score: decided[at]?.score ?? null }));
    decided = decideDynamicWeights(now, by);
  }
  return decided;
}
const factors = (decided: { factor: number }[]) => decided.map((one) => one.factor);
const reasons = (decided: { reason: string }[]) => decided.map((one) => one.reason);

describe("dynamic weights", () => {
  test("follow the brief's formula: twice as slow is half the weight, in all as much as before", () => {
    expect(factors(decidedAfter(20, [node(figures(10)), node(figures(20))]))).toEqual([1.33, 0.67]);
    // 20 ms with 4 % errors: 1 / (20 × 1.04).
    const [good, erring] = decidedAfter(20, [node(figures(20, 0, 100_000)), node(figures(20, 0.009, 100_000))]);
    expect(good?.factor).toBe(1);
    expect(erring?.target).toBeCloseTo(2 / (1 + 1.009), 6);
  });

  test("say that they are steady, under way, or moved by their own figures or the others'", () => {
    const before = decideDynamicWeights([node(figures(10)), node(figures(100))], settings);
    expect(before.map((one) => [one.factor, one.reason])).toEqual([
      [1.2, "step-capped"],
      [0.8, "step-capped"],
    ]);
    expect(reasons(decidedAfter(20, [node(figures(10)), node(figures(20))]))).toEqual(["steady", "steady"]);
    const same = { ...node(figures(10)), score: 1 / 10 };
    expect(reasons(decideDynamicWeights([same, node(figures(12))], settings))).toEqual(["normalised", "by-score"]);
  });

  test("keep to floor and ceiling, and what these cut off goes to the others", () => {
    const fast = decidedAfter(60, [node(figures(1)), ...Array.from({ length: 9 }, () => node(figures(1_000)))]);
    expect(fast[0]).toMatchObject({ factor: 4, reason: "ceiling" });
    expect(new Set(factors(fast.slice(1)))).toEqual(new Set([0.67]));
    const slow = decidedAfter(60, [node(figures(10_000)), node(figures(10)), node(figures(10))]);
    expect(slow[0]).toMatchObject({ factor: 0.1, reason: "floor" });
    expect(factors(slow.slice(1))).toEqual([1.45, 1.45]);
  });

  test("do not judge a node by fewer requests than the minimum, and by as many they do", () => {
    const few = node(figures(1, 0, 49));
    expect(decideDynamicWeights([few, node(figures(10))], settings)[0]).toMatchObject({
      ...{ factor: 1, target: null, reason: "too-few-samples" },
    });
    const enough = node(figures(1, 0, 50));
    expect(decideDynamicWeights([enough, node(figures(10))], settings)[0]?.reason).toBe("step-capped");
  });

  test("a node that nobody asks goes back to its base slowly, from below and from above", () => {
    const idle = figures(null, 0, 0);
    expect(decideDynamicWeights([node(idle, 0.1)], settings)[0]).toMatchObject({ factor: 0.15, reason: "no-figures" });
    expect(decideDynamicWeights([node(idle, 3)], settings)[0]).toMatchObject({ factor: 2.95 });
    expect(decideDynamicWeights([node(figures(5, 0, 12), 0.5)], settings)[0]?.reason).toBe("drifting-back");
    expect(decidedAfter(18, [node(idle, 0.1)])[0]).toMatchObject({ factor: 1, reason: "no-figures" });
    expect(decidedAfter(19, [node(idle, 0.1)])[0]).toMatchObject({ factor: 1, reason: "too-few-samples" });
  });

  test("a node with nobody to compare it with stays at its base, and says so", () => {
    expect(decideDynamicWeights([node(figures(5))], settings)).toMatchObject([{ factor: 1, reason: "alone" }]);
    expect(decideDynamicWeights([], settings)).toEqual([]);
  });

  test("a node that fails at once never rises, however fast its few successes are", () => {
    const fast = node(figures(0.2, 0.5));
    const [failing, sound] = decidedAfter(50, [fast, node(figures(100))]);
    expect(failing).toMatchObject({ factor: 1, reason: "failing" });
    expect(sound?.factor).toBe(1);
    expect(decidedAfter(50, [node(figures(null, 1)), node(figures(100))])[0]).toMatchObject({
      ...{ factor: 0.1, reason: "no-success" },
    });
  });

  test("a node that refuses far more than the others do never rises, though 401 is no failure", () => {
    const refusing = node(figures(1, 0, 1_000, 0.9));
    expect(decidedAfter(50, [refusing, node(figures(100))])[0]).toMatchObject({ factor: 1, reason: "failing" });
    const alike = [node(figures(10, 0, 1_000, 0.3)), node(figures(20, 0, 1_000, 0.3))];
    expect(factors(decidedAfter(20, alike))).toEqual([1.33, 0.67]);
  });

  test("when others are slow, a node that fails is held to what they have on the average", () => {
    const slow = node(figures(null, 0, 0), 0.1);
    const decided = decideDynamicWeights([node(figures(1, 0.5), 0.5), node(figures(10)), slow], settings);
    expect(factors(decided)).toEqual([0.57, 1, 0.15]);
    // And two that fail, the worse one by what the better one has.
    const both = [node(figures(1, 0.9), 0.2), node(figures(1, 0.3), 0.1), slow];
    expect(factors(decideDynamicWeights(both, settings))).toEqual([0.15, 0.15, 0.15]);
  });
});

test("the smallest step still brings a node without figures back to its base", () => {
  const smallest = { ...settings, maxStepRatio: 0.01 };
  const idle = node(figures(null, 0, 0), 0.5);
  expect(factors(decidedAfter(50, [idle], smallest))).toEqual([1]);
});

const arbitrarySettings = fc
  .record({
    floorRatio: fc.double({ min: 0.01, max: 1, noNaN: true }),
    ceilingRatio: fc.double({ min: 1, max: 10, noNaN: true }),
    maxStepRatio: fc.double({ min: 0.01, max: 1, noNaN: true }),
    minimumRequests: fc.integer({ min: 1, max: 100 }),
  })
  .map((some) => ({ ...settings, ...some }));
const arbitraryFigures = fc.record({
  requests: fc.integer({ min: 0, max: 1_000 }),
  errorRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  refusedRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  goodMeanMs: fc.option(fc.double({ min: 0, max: 60_000, noNaN: true })),
});
const arbitraryNode = fc.record({
  weight: fc.integer({ min: 0, max: 1_000 }),
  figures: arbitraryFigures,
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});
const arbitraryPool = fc
  .tuple(arbitrarySettings, fc.array(arbitraryNode, { minLength: 1, maxLength: 12 }))
  .map(([by, nodes]) => ({
    by,
    nodes: nodes.map(({ weight, figures: of, at }) => ({
      ...{ weight, figures: of, score: null },
      factor: weight === 0 ? 1 : by.floorRatio + at * (by.ceilingRatio - by.floorRatio),
    })),
  }));

describe("dynamic weights, whatever the figures", () => {
  test("stay within floor and ceiling, and change by a step at most", () => {
    fc.assert(
      fc.property(arbitraryPool, ({ by, nodes }) => {
        for (const [at, { factor }] of decideDynamicWeights(nodes, by).entries()) {
          const before = nodes[at]?.factor as number;
          expect(factor).toBeGreaterThanOrEqual(by.floorRatio - 1e-9);
          expect(factor).toBeLessThanOrEqual(by.ceilingRatio + 1e-9);
          expect(Math.abs(factor - before)).toBeLessThanOrEqual(by.maxStepRatio + 1e-9);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("do not depend on the order of the nodes", () => {
    fc.assert(
      fc.property(arbitraryPool, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), ({ by, nodes }, keys) => {
        const order = nodes.map((_, at) => at).toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
        const straight = decideDynamicWeights(nodes, by);
        const shuffled = decideDynamicWeights(
          order.map((at) => nodes[at] as WeighedNode),
          by,
        );
        // Sums in another order differ in their last digits, which may tip the rounding to hundredths.
        for (const [place, at] of order.entries()) {
          expect(Math.abs((shuffled[place]?.factor ?? 0) - (straight[at]?.factor ?? 0))).toBeLessThanOrEqual(0.011);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("converge for stationary figures: each comes to its target and stays there", () => {
    fc.assert(
      fc.property(arbitraryPool, ({ by, nodes }) => {
        // A quarter of a step, in whole hundredths.
        const drift = Math.max(1, Math.floor(25 * by.maxStepRatio)) / 100;
        const rounds = Math.ceil((by.ceilingRatio - by.floorRatio) / drift) + 5;
        const late = decidedAfter(rounds, nodes, by);
        expect(factors(decidedAfter(rounds + 1, nodes, by))).toEqual(factors(late));
        for (const { factor, target, reason } of late) {
          if (target !== null && reason !== "failing" && reason !== "no-success") {
            expect(Math.abs(factor - target)).toBeLessThanOrEqual(DEAD_BAND);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("a node that fails one request in twenty never gets more than its base share, however fast it fails", () => {
    const sound = fc.record({
      weight: fc.integer({ min: 1, max: 1_000 }),
      goodMeanMs: fc.double({ min: 1, max: 10_000, noNaN: true }),
      requests: fc.integer({ min: 0, max: 1_000 }),
    });
    fc.assert(
      fc.property(
        arbitrarySettings,
        fc.array(sound, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1_000 }),
        (by, others, errorRatio, weight) => {
          const failing = node(figures(errorRatio === 1 ? null : 0.001, errorRatio), 1, weight);
          let nodes: WeighedNode[] = [
            failing,
            ...others.map((one) => node(figures(one.goodMeanMs, 0, one.requests), 1, one.weight)),
          ];
          const total = nodes.reduce((sum, one) => sum + one.weight, 0);
          for (let round = 0; round < 40; round++) {
            const decided = decideDynamicWeights(nodes, by);
            nodes = nodes.map((one, at) => ({ ...one, factor: decided[at]?.factor ?? 1 }));
            const weighted = nodes.reduce((sum, one) => sum + one.weight * one.factor, 0);
            const share = (weight * (nodes[0]?.factor ?? 1)) / weighted;
            expect(share).toBeLessThanOrEqual(weight / total + 1e-6);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
