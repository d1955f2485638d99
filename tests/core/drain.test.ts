import { describe, expect, test } from "vitest";
import { drainProgress } from "#lib/core/drain.ts";
import { admin } from "./facts.ts";

describe("drain", () => {
  test("is over as soon as nothing is in flight, before the deadline and after", () => {
    expect(drainProgress(admin("drain", 5_000).admin, 0, 0)).toEqual({ state: "drained" });
    expect(drainProgress(admin("drain", 5_000).admin, 0, 9_000)).toEqual({ state: "drained" });
  });

  test("expires at its deadline with requests in flight, not a millisecond sooner", () => {
    const { admin: draining } = admin("drain", 5_000);
    expect(drainProgress(draining, 2, 4_999)).toEqual({ state: "draining", inFlight: 2, remainingMs: 1 });
    expect(drainProgress(draining, 2, 5_000)).toEqual({ state: "expired", inFlight: 2 });
  });

  test("waits for ever without a deadline", () => {
    expect(drainProgress(admin("drain").admin, 1, 1e12)).toEqual({ state: "draining", inFlight: 1, remainingMs: null });
  });

  test("is none in another state", () => {
    expect(drainProgress(admin("ready").admin, 0, 0)).toBeNull();
    expect(drainProgress(admin("maintenance").admin, 0, 0)).toBeNull();
  });
});
