// What opens a breaker besides errors: slow calls, and an operator.
import { describe, expect, test } from "vitest";
import type { BreakerSettings } from "#lib/contracts/config.ts";
import { Breaker, REFUSED } from "#lib/core/breaker.ts";
import { settings as pool } from "./facts.ts";

const settings: BreakerSettings = { ...pool.breaker, minimumRequests: 4, halfOpenRequests: 2 };
const START_MS = 1_000_000;

function settle(breaker: Breaker, outcomes: "ss" | "ffff", nowMs: number): void {
  for (const outcome of outcomes) breaker.record(breaker.acquire(), outcome === "f", "status-500", nowMs);
}
function opened() {
  const breaker = new Breaker(settings);
  settle(breaker, "ffff", START_MS);
  return breaker;
}

describe("breaker and slow calls", () => {
  const slowly = { ...settings, slowMs: 500, slowRatio: 0.75 };
  /** Settles a good request for each number of milliseconds. */
  function answer(breaker: Breaker, tookMs: readonly number[]) {
    let flip = null;
    for (const ms of tookMs) flip = breaker.record(breaker.acquire(), false, "ok", START_MS, ms) ?? flip;
    return flip;
  }

  test("opens at its share of slow calls, and not one call below", () => {
    const breaker = new Breaker(slowly);
    expect(answer(breaker, [500, 500, 499.9, 499.9])).toBeNull();
    expect(answer(new Breaker(slowly), [500, 500, 499.9, 500])).toMatchObject({ to: "open", reason: "slow-calls" });
  });

  test("opens for no slow call below the minimum volume, nor when none counts as slow", () => {
    expect(answer(new Breaker(slowly), [9_000, 9_000, 9_000])).toBeNull();
    expect(answer(new Breaker(settings), [9_000, 9_000, 9_000, 9_000, 9_000])).toBeNull();
  });

  test("a slow trial opens it again, for twice as long", () => {
    const breaker = new Breaker(slowly);
    answer(breaker, [500, 500, 500, 500]);
    breaker.advance(START_MS + 5_000);
    expect(breaker.record(breaker.acquire(), false, "ok", START_MS + 5_000, 500)?.reason).toBe("slow-calls");
    expect(breaker.state).toMatchObject({ state: "open", untilMs: START_MS + 15_000, timesOpened: 2 });
  });

  test("slow calls leave the window like failures do", () => {
    const breaker = new Breaker(slowly);
    answer(breaker, [500, 500, 500]);
    const later = START_MS + settings.windowMs;
    for (let i = 0; i < 4; i++) expect(breaker.record(breaker.acquire(), false, "ok", later, 10)).toBeNull();
  });
});

describe("breaker and its operator", () => {
  const trip = { action: "trip", atMs: START_MS, untilMs: START_MS + 60_000, by: "ada" } as const;
  const reset = { action: "reset", atMs: START_MS + 1_000, by: "ada" } as const;

  test("a reset closes it whatever it has seen", () => {
    expect(opened().obey(reset, START_MS + 1_000)).toEqual({ from: "open", to: "closed", reason: "reset" });
    expect(new Breaker(settings).obey(reset, START_MS + 1_000)).toBeNull();
  });

  test("a trip opens it until its time, then it makes its trials as ever", () => {
    const breaker = new Breaker(settings);
    expect(breaker.obey(trip, START_MS + 5)).toEqual({ from: "closed", to: "open", reason: "tripped" });
    expect(breaker.acquire()).toBe(REFUSED);
    expect(breaker.advance(trip.untilMs - 1)).toBeNull();
    expect(breaker.advance(trip.untilMs)?.to).toBe("half-open");
    settle(breaker, "ss", trip.untilMs);
    expect(breaker.state.state).toBe("closed");
  });

  test("carries out each order once, however often it is told", () => {
    const breaker = new Breaker(settings);
    breaker.obey(trip, START_MS);
    breaker.obey(reset, START_MS + 1_000);
    expect(breaker.obey(reset, START_MS + 1_001)).toBeNull();
    expect(breaker.obey(trip, START_MS + 1_001)).toBeNull();
    expect(breaker.state.state).toBe("closed");
  });

  test("a process that starts later obeys a trip that still holds, and not one that is over", () => {
    expect(new Breaker(settings).obey(trip, trip.untilMs - 1)?.to).toBe("open");
    expect(new Breaker(settings).obey(trip, trip.untilMs)).toBeNull();
  });

  test("after a reset it does not believe what was observed before", () => {
    const breaker = new Breaker(settings);
    breaker.obey(reset, START_MS + 1_000);
    expect(breaker.adopt(opened().state, START_MS + 1_001)).toBeNull();
    const newer = opened().state;
    if (newer.state !== "open") throw new Error("must be open");
    expect(breaker.adopt({ ...newer, sinceMs: reset.atMs }, START_MS + 1_001)?.to).toBe("open");
  });

  test("turned off it cannot be tripped", () => {
    expect(new Breaker({ ...settings, enabled: false }).obey(trip, START_MS)).toBeNull();
  });
});
