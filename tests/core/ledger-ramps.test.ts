import { describe, expect, it } from "vitest";
import type { LedgerCause } from "#lib/contracts/ledger.ts";
import { onceARamp } from "#lib/core/ledger/ramps.ts";

const step = (second: number, shareBefore: number, shareAfter: number, nodeId = "a", cause: LedgerCause = "ramp") => ({
  at: new Date(second * 1_000).toISOString(),
  nodeId,
  cause,
  shareBefore,
  shareAfter,
});

describe("onceARamp", () => {
  it("tells a warm-up of many steps once, when it began, and keeps the order that it was given", () => {
    const [start, middle, end] = [step(10, 0.25, 0.03), step(20, 0.03, 0.1), step(30, 0.1, 0.25)];
    const other = step(15, 0.3, 0, "b", "probe");
    expect(onceARamp([end, middle, other, start])).toEqual([other, start]);
  });

  it("tells a second warm-up of the same node, ordered by hand or after a failure", () => {
    const first = [step(10, 0, 0.05), step(20, 0.05, 0.25)];
    const byHand = [step(30, 0.25, 0.03), step(40, 0.03, 0.25)];
    const recovered = [step(60, 0, 0.05), step(70, 0.05, 0.25)];
    expect(onceARamp([...first, ...byHand, ...recovered])).toEqual([first[0], byHand[0], recovered[0]]);
  });

  it("does not take another node's steps, which move this one's share by little, for the beginning of its own", () => {
    const a = [step(10, 0, 0.1), step(20, 0.08, 0.15), step(30, 0.12, 0.25)];
    const b = [step(11, 0, 0.1, "b"), step(21, 0.09, 0.2, "b")];
    expect(onceARamp([...a, ...b])).toEqual([a[0], b[0]]);
  });
});
