import { describe, expect, test } from "vitest";
import type { HealthState } from "#lib/contracts/runtime.ts";
import { applyCheck, type HealthFlip, resetHealth, unknownHealth } from "#lib/core/health.ts";

/** Runs checks one per second: `+` passes, `-` fails. */
function run(checks: string, start: HealthState = unknownHealth(0, "not-checked-yet"), fall = 3, rise = 2) {
  let state = start;
  const flips: HealthFlip[] = [];
  [...checks].forEach((check, i) => {
    const ok = check === "+";
    const verdict = { ok, reason: ok ? "ok" : "connect-refused", latencyMs: ok ? 4 : null, atMs: (i + 1) * 1_000 };
    const step = applyCheck(state, verdict, { fall, rise });
    state = step.state;
    if (step.flip) flips.push(step.flip);
  });
  return { state, flips };
}
const healthy = { ...unknownHealth(0, "not-checked-yet"), state: "healthy" as const };
const unhealthy = { ...unknownHealth(0, "not-checked-yet"), state: "unhealthy" as const };

describe("health by active checks", () => {
  test.each<[string, HealthState, string, HealthState["state"]]>([
    ["the first pass makes an unprobed node healthy", unknownHealth(0, "not-checked-yet"), "+", "healthy"],
    ["fewer failures than `fall` leave it unprobed", unknownHealth(0, "not-checked-yet"), "--", "unknown"],
    ["`fall` failures make it unhealthy", unknownHealth(0, "not-checked-yet"), "---", "unhealthy"],
    ["fewer failures than `fall` leave a healthy node so", healthy, "--", "healthy"],
    ["a pass in between starts the count again", healthy, "--+--", "healthy"],
    ["`fall` failures in a row take it down", healthy, "---", "unhealthy"],
    ["one pass does not bring it back", unhealthy, "+", "unhealthy"],
    ["a failure in between starts the count again", unhealthy, "+-+", "unhealthy"],
    ["`rise` passes in a row bring it back", unhealthy, "++", "healthy"],
  ])("%s", (_, start, checks, state) => {
    expect(run(checks, start).state.state).toBe(state);
  });

  test("tells flips only, with their reason and time", () => {
    expect(run("++---+-++").flips).toEqual([
      { from: "unknown", to: "healthy", reason: "ok", atMs: 1_000 },
      { from: "healthy", to: "unhealthy", reason: "connect-refused", atMs: 5_000 },
      { from: "unhealthy", to: "healthy", reason: "ok", atMs: 9_000 },
    ]);
  });

  test("keeps the counts, the last reason and since when", () => {
    expect(run("+--").state).toEqual({
      state: "healthy",
      sinceMs: 1_000,
      reason: "connect-refused",
      consecutivePasses: 0,
      consecutiveFailures: 2,
      lastCheckMs: 3_000,
      latencyMs: null,
    });
  });

  test("fall 1 and rise 1 flip at once", () => {
    expect(run("+-+", healthy, 1, 1).flips.map((f) => f.to)).toEqual(["unhealthy", "healthy"]);
  });

  test("ignores a verdict older than the last one", () => {
    const { state } = run("++");
    const stale = { ok: false, reason: "late", latencyMs: null, atMs: 1_999 };
    expect(applyCheck(state, stale, { fall: 1, rise: 1 })).toEqual({ state, flip: null });
  });

  test("is unknown again when checks are turned off, and tells it once", () => {
    const reset = resetHealth(unhealthy, 7, "checks-off");
    expect(reset.state).toEqual(unknownHealth(7, "checks-off"));
    expect(reset.flip).toEqual({ from: "unhealthy", to: "unknown", reason: "checks-off", atMs: 7 });
    expect(resetHealth(reset.state, 8, "checks-off").flip).toBeNull();
  });
});
