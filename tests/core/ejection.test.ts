import { describe, expect, test } from "vitest";
import type { EjectionSettings } from "#lib/contracts/config.ts";
import type { EjectionState } from "#lib/contracts/runtime.ts";
import { Ejection, QUIET_MS } from "#lib/core/ejection.ts";
import { settings as pool } from "./facts.ts";

const settings: EjectionSettings = { ...pool.ejection, consecutiveFailures: 3, maxEjectionMs: 12_000 };
const START_MS = 1_000_000;
const NOBODY = { size: 10, ejected: 0 };

/** Settles one attempt per letter: `f` fails, `s` succeeds. The last flip. */
function settle(ejection: Ejection, outcomes: string, nowMs: number, others = NOBODY) {
  let flip = null;
  for (const o of outcomes) flip = ejection.record(o === "f", "connect-refused", nowMs, nowMs, others) ?? flip;
  return flip;
}
function ejected(nowMs = START_MS) {
  const ejection = new Ejection(settings);
  settle(ejection, "fff", nowMs);
  return ejection;
}
const untilOf = ({ state }: Ejection) => (state.state === "ejected" ? state.untilMs : null);

describe("ejection", () => {
  test("takes a node out at the set number of consecutive failures, not before", () => {
    const ejection = new Ejection(settings);
    expect(settle(ejection, "ff", START_MS)).toBeNull();
    expect(settle(ejection, "f", START_MS)).toEqual({ from: "in", to: "ejected", reason: "connect-refused" });
    expect(ejection.state).toEqual({
      state: "ejected",
      sinceMs: START_MS,
      untilMs: START_MS + 5_000,
      cause: "connect-refused",
      timesEjected: 1,
    });
  });

  test("takes a node out at the second answer cut short in a row, not at the first, nor with a success between", () => {
    const broken = (ejection: Ejection) => ejection.record(true, "answer-truncated", START_MS, START_MS, NOBODY);
    const ejection = new Ejection(settings);
    expect(broken(ejection)).toBeNull();
    settle(ejection, "s", START_MS);
    expect(broken(ejection)).toBeNull();
    expect(broken(ejection)).toEqual({ from: "in", to: "ejected", reason: "answer-truncated" });
  });

  test("takes a node out that was silent for the set time, not a millisecond less, and never when it is 0", () => {
    const ejection = new Ejection({ ...settings, silentMs: 1_000 });
    expect(ejection.silent(999, START_MS, NOBODY)).toBeNull();
    expect(ejection.silent(1_000, START_MS, { size: 3, ejected: 1 })).toBeNull();
    expect(ejection.silent(1_000, START_MS, NOBODY)).toEqual({ from: "in", to: "ejected", reason: "silent" });
    expect(untilOf(ejection)).toBe(START_MS + 5_000);
    expect(ejection.silent(2_000, START_MS + 1, NOBODY)).toBeNull();
    expect(new Ejection({ ...settings, silentMs: 0 }).silent(60_000, START_MS, NOBODY)).toBeNull();
  });

  test("a success in between starts the count again", () => {
    expect(settle(new Ejection(settings), "ffsffsff", START_MS)).toBeNull();
  });

  test("brings it back at its time, not a millisecond sooner, with a fresh count", () => {
    const ejection = ejected();
    expect(ejection.advance(START_MS + 4_999)).toBeNull();
    expect(ejection.advance(START_MS + 5_000)).toEqual({ from: "ejected", to: "in", reason: "time-over" });
    expect(settle(ejection, "ff", START_MS + 5_000)).toBeNull();
  });

  test("ejects for longer each time, up to the cap", () => {
    const ejection = new Ejection(settings);
    let nowMs = START_MS;
    const durations = [1, 2, 3, 4].map(() => {
      settle(ejection, "fff", nowMs);
      const forMs = (untilOf(ejection) ?? 0) - nowMs;
      nowMs += forMs;
      ejection.advance(nowMs);
      return forMs;
    });
    expect(durations).toEqual([5_000, 10_000, 12_000, 12_000]);
  });

  test("forgives one ejection per quiet spell of ten seconds", () => {
    const secondAfter = (quietMs: number) => {
      const ejection = ejected();
      const backMs = START_MS + 5_000;
      ejection.advance(backMs);
      settle(ejection, "fff", backMs + quietMs);
      return (untilOf(ejection) ?? 0) - backMs - quietMs;
    };
    expect(secondAfter(9_999)).toBe(10_000);
    expect(secondAfter(10_000)).toBe(5_000);
  });

  test("shows forgiveness as time passes", () => {
    const ejection = ejected();
    ejection.advance(START_MS + 5_000);
    expect(ejection.state).toEqual({ state: "in", timesEjected: 1 });
    ejection.advance(START_MS + 15_000);
    expect(ejection.state).toEqual({ state: "in", timesEjected: 0 });
  });

  test.each([
    ["one node always, also the only one of a pool", 1, 0, true],
    ["one of two", 2, 0, true],
    ["not the second of two: half at most", 2, 1, false],
    ["not the second of three", 3, 1, false],
    ["the second of four", 4, 1, true],
    ["not the third of four", 4, 2, false],
  ])("ejects %s", (_, size, others, ejects) => {
    const flip = settle(new Ejection(settings), "fff", START_MS, { size, ejected: others });
    expect(flip !== null).toBe(ejects);
  });

  test("ejects at the next failure once there is room", () => {
    const ejection = new Ejection(settings);
    expect(settle(ejection, "fffff", START_MS, { size: 2, ejected: 1 })).toBeNull();
    expect(settle(ejection, "f", START_MS, { size: 2, ejected: 0 })?.to).toBe("ejected");
  });

  test("a passed check brings it back, unless it began before the ejection", () => {
    const ejection = ejected();
    expect(ejection.checkPassed(START_MS - 1, START_MS + 100)).toBeNull();
    expect(ejection.checkPassed(START_MS, START_MS + 100)).toEqual({
      from: "ejected",
      to: "in",
      reason: "check-passed",
    });
    expect(ejection.checkPassed(START_MS, START_MS + 200)).toBeNull();
  });

  test("ignores attempts that settle while it is out, or were sent before it came back", () => {
    const ejection = ejected();
    expect(settle(ejection, "fff", START_MS + 1)).toBeNull();
    expect(untilOf(ejection)).toBe(START_MS + 5_000);
    ejection.advance(START_MS + 5_000);
    for (let i = 0; i < 5; i++) {
      expect(ejection.record(true, "first-byte-timeout", START_MS + 4_999, START_MS + 6_000, NOBODY)).toBeNull();
    }
    expect(ejection.state.state).toBe("in");
  });

  test("turned off it ejects nobody, and brings back who is out", () => {
    const off = { ...settings, enabled: false };
    expect(settle(new Ejection(off), "ffffff", START_MS)).toBeNull();
    expect(ejected().configure(off, START_MS)).toEqual({ from: "ejected", to: "in", reason: "turned-off" });
  });

  test("takes over a sibling's ejection unless it is over or shorter than its own", () => {
    const told = ejected().state;
    const ejection = new Ejection(settings);
    expect(ejection.adopt(told, START_MS + 5_000)).toBeNull();
    expect(ejection.adopt(told, START_MS + 4_999)?.reason).toBe("told-by-sibling");
    expect(ejection.state).toEqual(told);
    expect(ejection.adopt(told, START_MS)).toBeNull();
    expect(ejection.adopt({ state: "in", timesEjected: 1 }, START_MS)).toBeNull();
    expect(ejection.advance(START_MS + 5_000)?.to).toBe("in");
  });

  test("of a process that just started remembers how often the node was out, for as long as that is not forgiven", () => {
    const forMsAfter = (quietMs: number, told: EjectionState) => {
      const ejection = new Ejection(settings);
      expect(ejection.adopt(told, START_MS)).toBeNull();
      settle(ejection, "fff", START_MS + quietMs);
      return (untilOf(ejection) ?? 0) - START_MS - quietMs;
    };
    const told = { state: "in", timesEjected: 1 } as const;
    expect(forMsAfter(QUIET_MS - 1, told)).toBe(10_000);
    expect(forMsAfter(QUIET_MS, told)).toBe(5_000);
    // One that is over by now: the quiet spell began with its end.
    const past = { ...ejected(START_MS - 9_000).state };
    expect(forMsAfter(QUIET_MS - 4_001, past)).toBe(10_000);
    expect(forMsAfter(QUIET_MS - 4_000, past)).toBe(5_000);
  });

  test("that was out itself goes by its own count, whatever siblings tell", () => {
    const ejection = ejected();
    ejection.advance(START_MS + 5_000);
    ejection.advance(START_MS + 15_000);
    ejection.adopt({ state: "in", timesEjected: 7 }, START_MS + 15_000);
    expect(ejection.state).toEqual({ state: "in", timesEjected: 0 });
  });
});
