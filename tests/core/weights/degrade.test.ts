import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DegradeSettings } from "#lib/contracts/config.ts";
import type { DegradeState } from "#lib/contracts/runtime.ts";
import { type DegradeFigures, decideDegrade, degradeFactor, fitDegrade } from "#lib/core/weights/degrade.ts";

const settings = DegradeSettings.parse({});
const figures = (responseMs: number | null, errorRatio: number, requests = 100): DegradeFigures => ({
  ...{ responseMs, errorRatio, requests },
});
const ILL = figures(800, 0.12);
const WELL = figures(100, 0);
const at = (step: number, sinceMs = 0): DegradeState => ({
  ...{ step, factor: degradeFactor(step, settings), sinceMs, cause: "mean-800-ms-errors-12-percent" },
});

describe("the degrade rule", () => {
  test.each<[string, DegradeFigures, boolean]>([
    ["response time and errors over their thresholds", figures(500.1, 0.0501), true],
    ["response time at its threshold", figures(500, 0.5), false],
    ["errors at their threshold", figures(5_000, 0.05), false],
    ["errors alone", figures(10, 1), false],
    ["response time alone", figures(60_000, 0), false],
    ["as many requests as it takes", figures(800, 0.12, 20), true],
    ["one request fewer than it takes", figures(800, 0.12, 19), false],
    ["errors of which no time is known", figures(null, 1), false],
  ])("%s: a step down is %#", (_, seen, isStep) => {
    expect(decideDegrade(null, seen, settings, 5_000)?.state?.step ?? null).toBe(isStep ? 1 : null);
  });

  test("takes a fifth of the weight with each step, down to a fifth, and says why", () => {
    let state: DegradeState | null = null;
    const left: (number | undefined)[] = [];
    for (let step = 1; step <= 5; step++) {
      const decided = decideDegrade(state, ILL, settings, step * 10_000);
      state = decided?.state ?? state;
      left.push(decided?.state?.factor);
    }
    expect(left).toEqual([0.8, 0.6, 0.4, 0.2, undefined]);
    expect(state).toEqual({ step: 4, factor: 0.2, sinceMs: 40_000, cause: "mean-800-ms-errors-12-percent" });
  });

  test("gives it back the same way", () => {
    let state: DegradeState | null = at(4);
    const left: (number | undefined)[] = [];
    while (state !== null) {
      state = decideDegrade(state, WELL, settings, 50_000)?.state ?? null;
      left.push(state?.factor ?? 1);
    }
    expect(left).toEqual([0.4, 0.6, 0.8, 1]);
    expect(decideDegrade(null, WELL, settings, 50_000)).toBeNull();
  });

  test.each<[string, DegradeFigures, boolean]>([
    ["just below its thresholds", figures(499, 0.049), false],
    ["with response time a little above four fifths", figures(400.1, 0.12), false],
    ["with response time at four fifths", figures(400, 0.12), true],
    ["with errors a little above four fifths", figures(800, 0.0401), false],
    ["with errors at four fifths", figures(800, 0.04), true],
  ])("a degraded node %s: a step back is %#", (_, seen, isBack) => {
    expect(decideDegrade(at(2), seen, settings, 10_000)?.state?.step ?? null).toBe(isBack ? 1 : null);
  });

  test("without figures a step comes back after three windows, and not one millisecond before", () => {
    const none = figures(null, 0, 0);
    expect(decideDegrade(at(2), none, settings, 29_999)).toBeNull();
    expect(decideDegrade(at(2), none, settings, 30_000)).toMatchObject({ state: { step: 1 }, cause: "no-figures" });
    expect(decideDegrade(null, none, settings, 30_000)).toBeNull();
  });

  test("follows changed settings: the floor rises, steps shrink, and turned off it lets go", () => {
    expect(fitDegrade(at(4), settings)).toEqual(at(4));
    expect(fitDegrade(at(4), { ...settings, floorRatio: 0.5 })).toMatchObject({ step: 3, factor: 0.5 });
    expect(fitDegrade(at(1), { ...settings, stepRatio: 0.1 })).toMatchObject({ step: 1, factor: 0.9 });
    expect(fitDegrade(at(1), { ...settings, enabled: false })).toBeNull();
  });

  test("whatever is seen, the weight stays between floor and whole, and moves by one step", () => {
    const seen = fc.record({
      responseMs: fc.option(fc.double({ min: 0, max: 2_000, noNaN: true })),
      errorRatio: fc.double({ min: 0, max: 1, noNaN: true }),
      requests: fc.integer({ min: 0, max: 100 }),
    });
    const ratio = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, fc.array(seen, { maxLength: 150 }), (stepRatio, floorRatio, all) => {
        const by = { ...settings, stepRatio, floorRatio };
        let state: DegradeState | null = null;
        for (const [window, one] of all.entries()) {
          const decided = decideDegrade(state, one, by, window * by.windowMs);
          if (decided === null) continue;
          expect(Math.abs((decided.state?.step ?? 0) - (state?.step ?? 0))).toBe(1);
          state = decided.state;
          const factor = state?.factor ?? 1;
          expect(factor).toBeGreaterThanOrEqual(floorRatio);
          expect(factor).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
