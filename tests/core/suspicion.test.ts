import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Suspicion } from "#lib/core/suspicion.ts";

const ENOUGH = 3;
/** A node that has stalled `times` requests, one a millisecond from 0 on, each sent 60 ms before. */
function stalled(times: number): Suspicion {
  const suspicion = new Suspicion();
  for (let i = 0; i < times; i++) suspicion.stalled(i - 60, i, ENOUGH);
  return suspicion;
}

describe("suspicion", () => {
  test("falls on a node at the third stall in a row, not at the second", () => {
    const suspicion = stalled(2);
    expect(suspicion.isSuspect).toBe(false);
    expect(suspicion.stalled(-58, 2, ENOUGH)).toBe(true);
    expect(suspicion.isSuspect).toBe(true);
    expect(suspicion.stalled(-57, 3, ENOUGH)).toBe(false);
  });

  test("an answer in between starts the count again", () => {
    const suspicion = stalled(2);
    expect(suspicion.heard(2, true)).toBe(false);
    suspicion.stalled(0, 3, ENOUGH);
    suspicion.stalled(0, 4, ENOUGH);
    expect(suspicion.isSuspect).toBe(false);
  });

  test("is tried after 250 ms, then after 500 ms, then each second", () => {
    const suspicion = stalled(3);
    let nowMs = 2;
    for (const waitMs of [250, 500, 1_000, 1_000]) {
      expect(suspicion.isTrialDue(nowMs + waitMs - 1)).toBe(false);
      expect(suspicion.isTrialDue(nowMs + waitMs)).toBe(true);
      nowMs += waitMs;
      suspicion.tried(nowMs);
    }
  });

  test("is lifted by an answer in time, not by one that is late", () => {
    const suspicion = stalled(3);
    expect(suspicion.heard(300, false)).toBe(false);
    expect(suspicion.isSuspect).toBe(true);
    expect(suspicion.heard(400, true)).toBe(true);
    expect(suspicion.isSuspect).toBe(false);
    expect(suspicion.isTrialDue(10_000)).toBe(false);
  });

  test("knows for how long nothing has been said: since the first stalled request was sent, until any answer", () => {
    const suspicion = new Suspicion();
    expect(suspicion.silentForMs(500)).toBe(0);
    suspicion.stalled(440, 500, ENOUGH);
    suspicion.stalled(470, 530, ENOUGH);
    expect(suspicion.silentForMs(1_440)).toBe(1_000);
    suspicion.heard(1_441, false);
    expect(suspicion.silentForMs(1_442)).toBe(0);
    expect(suspicion.isSilentSince(1_440)).toBe(false);
    expect(suspicion.isSilentSince(1_442)).toBe(true);
  });

  test("whatever happened, one answer in time clears it", () => {
    const step = fc.record({ kind: fc.constantFrom("stalled", "heard late", "tried"), afterMs: fc.nat(2_000) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const suspicion = new Suspicion();
        let nowMs = 0;
        for (const { kind, afterMs } of steps) {
          nowMs += afterMs;
          if (kind === "stalled") suspicion.stalled(nowMs - 60, nowMs, ENOUGH);
          else if (kind === "tried") suspicion.tried(nowMs);
          else suspicion.heard(nowMs, false);
        }
        const was = suspicion.isSuspect;
        expect(suspicion.heard(nowMs, true)).toBe(was);
        expect(suspicion.state).toEqual({ state: "clear", stalls: 0 });
      }),
    );
  });
});
