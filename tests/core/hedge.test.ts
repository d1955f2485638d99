import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hedgeDelayMs, isHedged, raceDelayMs, stallAfterMs } from "#lib/core/hedge.ts";

const METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH", "TRACE", "get"];

describe("a second copy", () => {
  test("is only ever sent of what changes nothing, unless the route says otherwise", () => {
    expect(METHODS.filter((method) => isHedged(method, "safe"))).toEqual(["GET", "HEAD", "OPTIONS"]);
    expect(METHODS.filter((method) => isHedged(method, "all"))).toEqual(METHODS);
    expect(METHODS.filter((method) => isHedged(method, "off"))).toEqual([]);
  });

  test.each([
    ["a fast pool waits for the least delay", 3, 20, 20],
    ["then for twice its tail", 12, 20, 24],
    ["up to 50 ms", 30, 20, 50],
    ["at 50 ms for its tail alone", 50, 20, 50],
    ["and beyond for its tail", 400, 20, 400],
    ["a longer least delay holds", 30, 200, 200],
  ])("%s", (_what, tailMs, minDelayMs, delayMs) => {
    expect(hedgeDelayMs(tailMs, { minDelayMs })).toBe(delayMs);
  });

  test("waits for a second while the tail is not known, or for the least delay where that is longer", () => {
    expect(hedgeDelayMs(null, { minDelayMs: 1 })).toBe(1_000);
    expect(hedgeDelayMs(null, { minDelayMs: 3_000 })).toBe(3_000);
  });

  test("is never sent sooner than the tail, nor than the least delay, and later for a longer tail", () => {
    const ms = fc.double({ min: 0.01, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(ms, ms, ms, (tail, longer, minDelayMs) => {
        const delay = hedgeDelayMs(tail, { minDelayMs });
        expect(delay).toBeGreaterThanOrEqual(Math.max(tail, minDelayMs));
        expect(hedgeDelayMs(tail + longer, { minDelayMs })).toBeGreaterThanOrEqual(delay);
        expect(stallAfterMs(delay)).toBeGreaterThan(delay);
      }),
    );
  });
});

describe("a race of connects", () => {
  test.each([
    [null, 50],
    [0.1, 10],
    [2.5, 10],
    [5, 20],
    [12.5, 50],
    [300, 50],
  ])("usual %s ms: begins after %s ms", (usualMs, delayMs) => expect(raceDelayMs(usualMs)).toBe(delayMs));
});
