import { describe, expect, test } from "vitest";
import { ELIGIBILITY_REASONS, type EligibilityReason } from "#lib/contracts/runtime.ts";
import { drainProgress } from "#lib/core/drain.ts";
import { type PinnedNode, takesPinned } from "#lib/core/sticky/pinned.ts";
import { admin, coolingUntil, ejectedUntil, halfOpen, health, openUntil, servingFacts } from "../facts.ts";

const node = (reason: EligibilityReason, changes: object = {}): PinnedNode => ({
  ...servingFacts,
  weight: 1,
  reason,
  ...changes,
});

describe("a session's node", () => {
  test("takes its requests while it serves, stands by, or is used for want of others", () => {
    const taken = ELIGIBILITY_REASONS.filter((reason) => takesPinned(node(reason), 0));
    expect(taken.filter((reason) => !reason.startsWith("usable"))).toEqual([
      "standby",
      "standby-level",
      "standby-zone",
    ]);
    expect(taken.filter((reason) => reason.startsWith("usable"))).toEqual(
      ELIGIBILITY_REASONS.filter((reason) => reason.startsWith("usable")),
    );
  });

  test("takes them while a drain keeps sessions, until its deadline and not a millisecond longer", () => {
    const draining = node("drain", admin("drain", 5_000, true));
    expect(takesPinned(draining, 4_999)).toBe(true);
    expect(takesPinned(draining, 5_000)).toBe(false);
    expect(takesPinned(node("drain", admin("drain", null, true)), 1e12)).toBe(true);
    expect(takesPinned(node("drain", admin("drain", 5_000, false)), 0)).toBe(false);
  });

  test.each([
    ["unhealthy", health("unhealthy")],
    ["not checked yet", health("pending")],
    ["ejected", ejectedUntil(9_000)],
    ["of an open breaker", openUntil(9_000)],
    ["resting", coolingUntil(9_000)],
    ["of weight 0", { weight: 0 }],
  ])("that is %s takes none, though its drain keeps sessions", (_what, facts) => {
    expect(takesPinned(node("drain", { ...admin("drain", 5_000, true), ...facts }), 0)).toBe(false);
  });

  test("of a half-open breaker may be tried: permits are asked for per request", () => {
    expect(takesPinned(node("drain", { ...admin("drain", 5_000, true), ...halfOpen }), 0)).toBe(true);
  });
});

describe("a drain that keeps sessions", () => {
  const { admin: draining } = admin("drain", 5_000, true);
  test("goes on when nothing is in flight, until its deadline: more requests of its sessions may come", () => {
    expect(drainProgress(draining, 0, 4_999)).toEqual({ state: "draining", inFlight: 0, remainingMs: 1 });
    expect(drainProgress(draining, 0, 5_000)).toEqual({ state: "drained" });
    expect(drainProgress(draining, 1, 5_000)).toEqual({ state: "expired", inFlight: 1 });
  });
});
