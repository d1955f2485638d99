import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BreakerSettings } from "#lib/contracts/config.ts";
import { Breaker, REFUSED } from "#lib/core/breaker.ts";
import { RollingWindow } from "#lib/core/rolling-window.ts";
import { settings as pool } from "./facts.ts";

const settings: BreakerSettings = { ...pool.breaker, minimumRequests: 4, halfOpenRequests: 2 };
const START_MS = 1_000_000;

/** Settles one request per letter: `f` fails, `s` succeeds. The last flip. */
function settle(breaker: Breaker, outcomes: string, nowMs: number) {
  let flip = null;
  for (const outcome of outcomes) {
    flip = breaker.record(breaker.acquire(), outcome === "f", "status-500", nowMs) ?? flip;
  }
  return flip;
}
function opened(change: Partial<BreakerSettings> = {}) {
  const breaker = new Breaker({ ...settings, ...change });
  settle(breaker, "ffff", START_MS);
  return breaker;
}
function halfOpen() {
  const breaker = opened();
  breaker.advance(START_MS + 5_000);
  return breaker;
}

describe("rolling window", () => {
  test("holds what happened until the window is over, to the millisecond of its buckets", () => {
    const window = new RollingWindow(10_000);
    window.record(true, 0);
    expect([window.total(9_999), window.failed(9_999)]).toEqual([1, 1]);
    expect([window.total(10_000), window.failed(10_000)]).toEqual([0, 0]);
  });

  test("forgets everything over an idle gap, and counts on over a clock that goes back", () => {
    const window = new RollingWindow(10_000);
    window.record(true, 5_000);
    window.record(true, 4_000);
    expect(window.total(5_000)).toBe(2);
    window.record(false, 1_000_000);
    expect([window.total(1_000_000), window.failed(1_000_000)]).toEqual([1, 0]);
  });

  test("agrees with a list of events cut at bucket borders", () => {
    const event = fc.record({ gapMs: fc.nat(3_000), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const window = new RollingWindow(10_000);
        const seen: { atMs: number; failed: boolean }[] = [];
        let nowMs = START_MS;
        for (const { gapMs, failed } of events) {
          nowMs += gapMs;
          window.record(failed, nowMs);
          seen.push({ atMs: nowMs, failed });
          const inside = seen.filter((e) => Math.floor(nowMs / 1_000) - Math.floor(e.atMs / 1_000) < 10);
          expect(window.total(nowMs)).toBe(inside.length);
          expect(window.failed(nowMs)).toBe(inside.filter((e) => e.failed).length);
        }
      }),
    );
  });
});

describe("breaker", () => {
  test("opens at the minimum volume and error ratio, not one request before", () => {
    const breaker = new Breaker(settings);
    expect(settle(breaker, "fff", START_MS)).toBeNull();
    expect(settle(breaker, "f", START_MS)).toEqual({ from: "closed", to: "open", reason: "status-500" });
    expect(breaker.state).toEqual({
      state: "open",
      sinceMs: START_MS,
      untilMs: START_MS + 5_000,
      cause: "status-500",
      timesOpened: 1,
      requests: 4,
      failures: 4,
      slow: 0,
    });
  });

  test("opens at exactly the error ratio, also when a success completes the volume", () => {
    expect(settle(new Breaker(settings), "sffs", START_MS)?.to).toBe("open");
    expect(settle(new Breaker(settings), "ssfs", START_MS)).toBeNull();
    expect(settle(new Breaker({ ...settings, errorRatio: 0 }), "ssss", START_MS)).toBeNull();
  });

  test("does not add up failures over more than the window", () => {
    const breaker = new Breaker(settings);
    settle(breaker, "fff", START_MS);
    expect(settle(breaker, "f", START_MS + 10_000)).toBeNull();
  });

  test("lets nothing through while open, and is half-open at its time, not a millisecond sooner", () => {
    const breaker = opened();
    expect(breaker.admits()).toBe(false);
    expect(breaker.acquire()).toBe(REFUSED);
    expect(breaker.advance(START_MS + 4_999)).toBeNull();
    expect(breaker.advance(START_MS + 5_000)).toEqual({ from: "open", to: "half-open", reason: "due" });
    expect(breaker.state).toEqual({ state: "half-open", sinceMs: START_MS + 5_000, timesOpened: 1 });
  });

  test("half-open lets as many trials through as set, and closes when all have passed", () => {
    const breaker = halfOpen();
    const [first, second] = [breaker.acquire(), breaker.acquire()];
    expect(breaker.acquire()).toBe(REFUSED);
    expect(breaker.record(first, false, "", START_MS + 5_001)?.reason).toBe("trial-passed");
    expect([breaker.state.state, breaker.acquire()]).toEqual(["half-open", REFUSED]);
    expect(breaker.record(second, false, "", START_MS + 5_002)).toEqual({
      from: "half-open",
      to: "closed",
      reason: "trials-passed",
    });
  });

  test("starts with an empty window after closing", () => {
    const breaker = halfOpen();
    settle(breaker, "ss", START_MS + 5_000);
    expect(settle(breaker, "fff", START_MS + 5_001)).toBeNull();
    expect(breaker.state.state).toBe("closed");
  });

  test("one failed trial opens it again for twice as long, up to the cap", () => {
    const breaker = opened({ maxOpenMs: 15_000 });
    const durations = [];
    let nowMs = START_MS;
    for (let i = 0; i < 4; i++) {
      if (breaker.state.state !== "open") throw new Error("must be open");
      durations.push(breaker.state.untilMs - breaker.state.sinceMs);
      nowMs = breaker.state.untilMs;
      breaker.advance(nowMs);
      settle(breaker, "f", nowMs);
    }
    expect(durations).toEqual([5_000, 10_000, 15_000, 15_000]);
  });

  test("ignores stragglers that started before a flip", () => {
    const breaker = new Breaker(settings);
    const stragglers = [breaker.acquire(), breaker.acquire(), breaker.acquire()] as const;
    settle(breaker, "ffff", START_MS);
    expect(breaker.record(stragglers[0], false, "", START_MS)).toBeNull();
    breaker.advance(START_MS + 5_000);
    expect(breaker.record(stragglers[1], true, "late", START_MS + 5_000)).toBeNull();
    expect(breaker.state.state).toBe("half-open");
    breaker.acquire();
    breaker.acquire();
    breaker.abort(stragglers[2]);
    expect(breaker.acquire()).toBe(REFUSED);
  });

  test("leaks no permit when a trial is aborted", () => {
    const breaker = halfOpen();
    for (let i = 0; i < 10; i++) breaker.abort(breaker.acquire());
    expect(breaker.admits()).toBe(true);
    settle(breaker, "ss", START_MS + 5_000);
    expect(breaker.state.state).toBe("closed");
  });

  test("is never stuck: whatever happens, time and good trials close it", () => {
    const action = fc.constantFrom("f", "s", "abort", "wait", "hold") as fc.Arbitrary<string>;
    fc.assert(
      fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
        const breaker = new Breaker(settings);
        const held: number[] = [];
        let nowMs = START_MS;
        for (const step of actions) {
          if (step === "wait") nowMs += 4_000;
          breaker.advance(nowMs);
          if (step === "wait") continue;
          if (step === "hold") held.push(breaker.acquire());
          else if (step === "abort") breaker.abort(breaker.acquire());
          else settle(breaker, step, nowMs);
        }
        for (const permit of held) breaker.abort(permit);
        breaker.advance(nowMs + settings.maxOpenMs);
        settle(breaker, "ss", nowMs + settings.maxOpenMs);
        expect(breaker.state.state).toBe("closed");
      }),
    );
  });

  test("turned off it never opens, and closes if it was open", () => {
    const off = { ...settings, enabled: false };
    expect(settle(new Breaker(off), "ffffffff", START_MS)).toBeNull();
    const breaker = opened();
    expect(breaker.configure(off)).toEqual({ from: "open", to: "closed", reason: "turned-off" });
    expect(breaker.adopt(opened().state, START_MS)).toBeNull();
  });

  test("closes when new settings ask for no more trials than have passed", () => {
    const breaker = halfOpen();
    settle(breaker, "s", START_MS + 5_000);
    expect(breaker.configure({ ...settings, halfOpenRequests: 1 })?.to).toBe("closed");
  });

  test("says what it saw when it opened", () => {
    const breaker = new Breaker(settings);
    settle(breaker, "sfff", START_MS);
    expect(breaker.state).toMatchObject({ state: "open", cause: "status-500", requests: 4, failures: 3, slow: 0 });
  });
});

describe("breaker among siblings", () => {
  const sibling = opened().state;

  test("takes over a sibling's opening, with its end", () => {
    const breaker = new Breaker(settings);
    expect(breaker.adopt(sibling, START_MS + 10)).toEqual({ from: "closed", to: "open", reason: "told-by-sibling" });
    expect(breaker.state).toEqual(sibling);
    expect(breaker.adopt(sibling, START_MS + 11)).toBeNull();
  });

  test("does not take over one that is over, nor a shorter one than its own", () => {
    const busy = new Breaker(settings);
    settle(busy, "s", START_MS);
    expect(busy.adopt(sibling, START_MS + 5_000)).toBeNull();
    expect(busy.adopt(halfOpen().state, START_MS + 5_000)).toBeNull();
    expect(opened({ openMs: 6_000 }).adopt(sibling, START_MS)).toBeNull();
  });

  test("of a process that just started begins with trials where the others make theirs, and opens for longer again", () => {
    for (const told of [sibling, { state: "half-open", sinceMs: START_MS + 5_000, timesOpened: 3 } as const]) {
      const breaker = new Breaker({ ...settings, openMs: 1_000 });
      const timesOpened = told.state === "half-open" ? 3 : 1;
      expect(breaker.adopt(told, START_MS + 6_000)?.to).toBe("half-open");
      expect(breaker.state).toEqual({ state: "half-open", sinceMs: START_MS + 5_000, timesOpened });
      settle(breaker, "f", START_MS + 6_000);
      const untilMs = START_MS + 6_000 + 1_000 * 2 ** timesOpened;
      expect(breaker.state).toMatchObject({ state: "open", timesOpened: timesOpened + 1, untilMs });
    }
  });

  test("of a process that just started takes an opening over up to its last millisecond, then its trials", () => {
    const last = new Breaker(settings);
    expect(last.adopt(sibling, START_MS + 4_999)?.to).toBe("open");
    expect(new Breaker(settings).adopt(sibling, START_MS + 5_000)?.to).toBe("half-open");
  });

  test("believes a closing only when its own open time is over", () => {
    expect(opened().adopt({ state: "closed" }, START_MS)).toBeNull();
    expect(halfOpen().adopt({ state: "closed" }, START_MS + 5_000)?.to).toBe("closed");
  });
});

describe("a half-open breaker of one of several processes", () => {
  const half = (processes: number, halfOpenRequests: number) => {
    const breaker = new Breaker({ ...settings, halfOpenRequests }, processes);
    settle(breaker, "ffff", START_MS);
    breaker.advance(START_MS + 5_000);
    return breaker;
  };
  const told = { state: "half-open", sinceMs: START_MS + 5_000, timesOpened: 1 } as const;
  const hear = (breaker: Breaker, process: number, trialsPassed: number, state: typeof told = told) =>
    breaker.adopt(state, START_MS + 5_100, { process, trialsPassed });

  test("closes when as many trials as set have passed in all, not one before", () => {
    const breaker = half(4, 4);
    expect(settle(breaker, "s", START_MS + 5_050)?.to).toBe("half-open");
    expect(hear(breaker, 1, 1)).toBeNull();
    expect(hear(breaker, 2, 1)).toBeNull();
    expect(hear(breaker, 2, 1)).toBeNull();
    expect(hear(breaker, 2, 2)).toEqual({ from: "half-open", to: "closed", reason: "trials-passed" });
  });

  test("makes its part of the trials at once, and beyond that one at a time as long as they are too few", () => {
    const breaker = half(4, 8);
    const permits = [breaker.acquire(), breaker.acquire()];
    expect(breaker.acquire()).toBe(REFUSED);
    for (const permit of permits) breaker.record(permit, false, "", START_MS + 5_010);
    const third = breaker.acquire();
    expect([third === REFUSED, breaker.acquire()]).toEqual([false, REFUSED]);
    hear(breaker, 1, 5);
    breaker.abort(third);
    // Two here and five there: one is wanted still.
    expect(breaker.acquire()).not.toBe(REFUSED);
    expect(breaker.acquire()).toBe(REFUSED);
  });

  test("counts what siblings told shortly before its own time came, and nothing of an earlier period", () => {
    const breaker = new Breaker({ ...settings, halfOpenRequests: 2 }, 2);
    settle(breaker, "ffff", START_MS);
    expect(hear(breaker, 1, 1)).toBeNull();
    breaker.advance(START_MS + 5_000);
    expect(settle(breaker, "f", START_MS + 5_001)?.to).toBe("open");
    expect(hear(breaker, 1, 1)).toBeNull();
    breaker.advance(START_MS + 60_000);
    expect(settle(breaker, "s", START_MS + 60_001)?.to).toBe("half-open");
    expect(hear(breaker, 1, 1, { ...told, timesOpened: 2 } as unknown as typeof told)?.to).toBe("closed");
  });

  test("is closed by a sibling whose trials have passed though its own timer is late", () => {
    const breaker = opened();
    expect(breaker.adopt({ state: "closed" }, START_MS + 4_999)).toBeNull();
    expect(breaker.adopt({ state: "closed" }, START_MS + 5_000)?.to).toBe("closed");
  });
});
