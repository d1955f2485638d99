import { describe, expect, it } from "vitest";
import { CanarySettings } from "#lib/contracts/config.ts";
import type { Counts } from "#lib/contracts/metrics.ts";
import { type CanaryCounts, countsOf } from "#lib/core/canary/tally.ts";
import { decideCanary } from "#lib/core/canary/verdict.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { bucketOf } from "#lib/core/histogram.ts";

const POOL = "0198f2c4-0000-7000-8000-00000000000a";
const SMALL = "0198f2c4-0000-7000-8000-00000000000b";
const START = 1_000_000;
const settings = CanarySettings.parse({ durationMs: 60_000, minRequests: 100 });

/** @param latencies milliseconds → how many answers took so long */
function counts(answered: number, failures = 0, latencies: Record<number, number> = { 20: answered }): Counts {
  const byBucket = Object.entries(latencies)
    .filter(([, n]) => n > 0)
    .map(([ms, n]) => [bucketOf(Number(ms) * 1_000), n] as const)
    .sort(([a], [b]) => a - b);
  return {
    ...emptyCounts(),
    requests: answered,
    successes: answered - failures,
    failures,
    latencyUs: { i: byBucket.map(([i]) => i), n: byBucket.map(([, n]) => n) },
  };
}

const of = (control: Counts, canary: Counts, poolId: string = POOL): CanaryCounts =>
  countsOf([
    [
      { arm: "control", poolId, ...control },
      { arm: "canary", poolId, ...canary },
    ],
  ]);
const decide = (counts: CanaryCounts, afterMs: number, isComplete = true) =>
  decideCanary({ settings, startedMs: START, counts, isComplete }, START + afterMs);

describe("the verdict on a canary", () => {
  it("promotes one that is as good when its time is up, and not a millisecond before", () => {
    const good = of(counts(1_000), counts(100));
    expect(decide(good, 59_999)).toEqual({ kind: "go-on", reason: "comparing", poolId: null });
    expect(decide(good, 60_000)).toEqual({ kind: "promote", reason: "as-good", poolId: null });
  });

  it.each([
    ["the canary", of(counts(1_000), counts(99))],
    ["the revision in force", of(counts(99), counts(1_000))],
    ["both", of(counts(0), counts(0))],
  ])("never promotes when %s is one answer below the sample, but rolls back for want of it", (_, few) => {
    expect(decide(few, 59_999)).toMatchObject({ kind: "go-on", reason: "collecting" });
    expect(decide(few, 60_000)).toEqual({ kind: "roll-back", reason: "too-few-requests", poolId: null });
    expect(decide(few, 6_000_000)).toMatchObject({ kind: "roll-back" });
  });

  it("does not count requests that their clients gave up as answers", () => {
    const canary = { ...counts(99), requests: 500, aborted: 401 };
    expect(decide(of(counts(1_000), canary), 60_000)).toMatchObject({ reason: "too-few-requests" });
  });

  it("allows the success rate to drop by exactly the points set, and no more", () => {
    expect(decide(of(counts(1_000, 20), counts(1_000, 30)), 60_000)).toMatchObject({ kind: "promote" });
    expect(decide(of(counts(1_000, 20), counts(1_000, 31)), 60_000)).toEqual({
      kind: "roll-back",
      reason: "success-rate",
      poolId: null,
    });
  });

  it("lets a fault of both arms be no fault of the canary's", () => {
    expect(decide(of(counts(1_000, 500), counts(1_000, 500)), 60_000)).toMatchObject({ kind: "promote" });
  });

  it("waits with a drop that may be chance until the time is up", () => {
    const unlucky = of(counts(200, 0), counts(100, 2));
    expect(decide(unlucky, 59_999)).toMatchObject({ kind: "go-on" });
    expect(decide(unlucky, 60_000)).toMatchObject({ kind: "roll-back", reason: "success-rate" });
  });

  it("rolls a clearly worse one back at once, from twenty answers of each arm on", () => {
    expect(decide(of(counts(1_000), counts(19, 19)), 1_000)).toMatchObject({ kind: "go-on" });
    expect(decide(of(counts(1_000), counts(20, 20)), 1_000)).toMatchObject({
      kind: "roll-back",
      reason: "success-rate",
    });
    expect(decide(of(counts(19), counts(1_000, 1_000)), 1_000)).toMatchObject({ kind: "go-on" });
  });

  it("allows a P99 up to the ratio, and rolls back beyond it", () => {
    const slower = (ms: number) => of(counts(1_000, 0, { 100: 1_000 }), counts(1_000, 0, { [ms]: 1_000 }));
    expect(decide(slower(145), 60_000)).toMatchObject({ kind: "promote" });
    expect(decide(slower(160), 60_000)).toMatchObject({ kind: "roll-back", reason: "p99" });
    expect(decide(slower(160), 1_000)).toMatchObject({ kind: "roll-back", reason: "p99" });
  });

  it("holds a P99 that is longer by less than the slack against nobody, whatever the ratio", () => {
    expect(decide(of(counts(1_000, 0, { 1: 1_000 }), counts(1_000, 0, { 10: 1_000 })), 60_000)).toMatchObject({
      kind: "promote",
    });
  });

  it("does not take a few slow answers for a slow canary before the time is up", () => {
    const tail = of(counts(200, 0, { 20: 200 }), counts(100, 0, { 20: 97, 900: 3 }));
    expect(decide(tail, 1_000)).toMatchObject({ kind: "go-on" });
    expect(decide(tail, 60_000)).toMatchObject({ kind: "roll-back", reason: "p99" });
  });

  it("sees a small pool that is worse among large ones that are not", () => {
    const both = countsOf([
      [
        { arm: "control", poolId: POOL, ...counts(100_000) },
        { arm: "canary", poolId: POOL, ...counts(100_000) },
        { arm: "control", poolId: SMALL, ...counts(40) },
        { arm: "canary", poolId: SMALL, ...counts(40, 40) },
      ],
    ]);
    expect(decide(both, 1_000)).toEqual({ kind: "roll-back", reason: "success-rate", poolId: SMALL });
  });

  it("decides nothing at its end while a live worker has not told", () => {
    expect(decide(of(counts(1_000), counts(1_000)), 60_000, false)).toEqual({
      kind: "go-on",
      reason: "awaiting-workers",
      poolId: null,
    });
  });

  it("adds workers up, and does not average their percentiles", () => {
    const part = (arm: "control" | "canary", n: number, ms: number) => ({
      arm,
      poolId: POOL,
      ...counts(n, 0, { [ms]: n }),
    });
    const { all } = countsOf([
      [part("control", 990, 10), part("canary", 60, 10)],
      [part("control", 10, 500), part("canary", 60, 10)],
    ]);
    expect(all.canary.requests).toBe(120);
    expect(all.control.latencyUs.n).toEqual([990, 10]);
  });
});
