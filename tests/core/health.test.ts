import { describe, expect, test } from "vitest";
import type { CheckLevel } from "#lib/contracts/config.ts";
import { type HealthState, KEPT_CHECKS } from "#lib/contracts/runtime.ts";
import {
  applyVerdicts,
  type HealthFlip,
  type LevelVerdict,
  levelOfLetter,
  NO_CHECKS,
  type NodeHealth,
  pendingHealth,
  resetHealth,
  unknownHealth,
} from "#lib/core/health.ts";

const REFUSED = { reason: "connect-refused", detail: "" };
const verdict = (level: CheckLevel, ok: boolean, fault = REFUSED): LevelVerdict => ({
  ...{ level, ok, latencyMs: 4 },
  ...(ok ? { reason: "ok", detail: "" } : fault),
});
const unseen = unknownHealth(0, "not-checked-yet");
const healthy: HealthState = { ...unseen, state: "healthy" };
const unhealthy: HealthState = { ...unseen, state: "unhealthy" };

/** Runs checks of the levels that are on, one per second: each is a text of `+` passes and `-` failures, a dot was not due. */
function run(checks: Partial<Record<CheckLevel, string>>, start: HealthState = unseen, fall = 3, rise = 2) {
  let node: NodeHealth = { health: start, checks: NO_CHECKS };
  const flips: HealthFlip[] = [];
  const enabled = Object.keys(checks) as CheckLevel[];
  for (let i = 0; i < Math.max(...Object.values(checks).map((text) => text.length)); i++) {
    const verdicts = enabled.flatMap((level) => {
      const mark = checks[level]?.[i];
      return mark === "+" || mark === "-" ? [verdict(level, mark === "+")] : [];
    });
    const step = applyVerdicts(node, verdicts, (i + 1) * 1_000, { fall, rise }, enabled);
    node = step;
    if (step.flip) flips.push(step.flip);
  }
  return { ...node, flips };
}

describe("health by one level of checks", () => {
  test.each<[string, HealthState, string, HealthState["state"]]>([
    ["the first pass makes an unprobed node healthy", unseen, "+", "healthy"],
    ["the first pass makes a pending node healthy", pendingHealth(0), "+", "healthy"],
    ["fewer failures than `fall` leave it unprobed", unseen, "--", "unknown"],
    ["fewer failures than `fall` leave it pending", pendingHealth(0), "--", "pending"],
    ["`fall` failures make it unhealthy", unseen, "---", "unhealthy"],
    ["`fall` failures make a pending node unhealthy", pendingHealth(0), "---", "unhealthy"],
    ["fewer failures than `fall` leave a healthy node so", healthy, "--", "healthy"],
    ["a pass in between starts the count again", healthy, "--+--", "healthy"],
    ["`fall` failures in a row take it down", healthy, "---", "unhealthy"],
    ["one pass does not bring it back", unhealthy, "+", "unhealthy"],
    ["a failure in between starts the count again", unhealthy, "+-+", "unhealthy"],
    ["`rise` passes in a row bring it back", unhealthy, "++", "healthy"],
  ])("%s", (_, start, checks, state) => {
    expect(run({ http: checks }, start).health.state).toBe(state);
  });

  test("tells flips only, with their reason, level and time", () => {
    const common = { detail: "" };
    expect(run({ http: "++---+-++" }).flips).toEqual([
      { from: "unknown", to: "healthy", reason: "ok", level: null, ...common, atMs: 1_000 },
      { from: "healthy", to: "unhealthy", reason: "connect-refused", level: "http", ...common, atMs: 5_000 },
      { from: "unhealthy", to: "healthy", reason: "ok", level: null, ...common, atMs: 9_000 },
    ]);
  });

  test("keeps the counts, the last reason and since when", () => {
    expect(run({ http: "+--" }).health).toEqual({
      state: "healthy",
      sinceMs: 1_000,
      reason: "connect-refused",
      level: "http",
      detail: "",
      consecutivePasses: 0,
      consecutiveFailures: 2,
      lastCheckMs: 3_000,
      latencyMs: 4,
    });
  });

  test("fall 1 and rise 1 flip at once", () => {
    expect(run({ http: "+-+" }, healthy, 1, 1).flips.map((f) => f.to)).toEqual(["unhealthy", "healthy"]);
  });

  test("ignores a check that ended before the last one", () => {
    const { health, checks } = run({ http: "++" });
    const stale = applyVerdicts({ health, checks }, [verdict("http", false)], 1_999, { fall: 1, rise: 1 }, ["http"]);
    expect(stale).toEqual({ health, checks, flip: null });
  });

  test("is unknown again when checks are turned off, and tells it once", () => {
    const off = unknownHealth(7, "checks-off");
    const reset = resetHealth(unhealthy, off);
    expect(reset).toMatchObject({ health: off, checks: NO_CHECKS });
    expect(reset.flip).toMatchObject({ from: "unhealthy", to: "unknown", reason: "checks-off", atMs: 7 });
    expect(resetHealth(reset.health, unknownHealth(8, "checks-off")).flip).toBeNull();
    expect(resetHealth(reset.health, pendingHealth(9))).toMatchObject({ health: pendingHealth(9), flip: null });
  });
});

describe("health by several levels", () => {
  test("is down when one level failed `fall` times among the passes of another that is checked more often", () => {
    const { health, flips } = run({ tcp: "+++++++++", business: "-...-...-" }, healthy);
    expect(health).toMatchObject({ state: "unhealthy", level: "business", consecutiveFailures: 3 });
    expect(flips).toMatchObject([{ to: "unhealthy", level: "business", atMs: 9_000 }]);
  });

  test("comes back when every level that was down has passed `rise` times", () => {
    const { flips } = run({ http: "---++++", business: "---+-++" }, healthy);
    expect(flips.map(({ to, atMs }) => [to, atMs])).toEqual([
      ["unhealthy", 3_000],
      ["healthy", 7_000],
    ]);
  });

  test("is healthy first when all of its levels have passed", () => {
    const { flips } = run({ tcp: "++++", http: "++++", business: "--.+" }, pendingHealth(0));
    expect(flips).toMatchObject([{ from: "pending", to: "healthy", atMs: 4_000 }]);
  });

  test("names the plainest level that fails, as the others fail with it", () => {
    expect(run({ tcp: "-", http: "-", grpc: "-" }, healthy).health).toMatchObject({ level: "tcp" });
    expect(run({ tcp: "+", http: "+", grpc: "-" }, healthy).health).toMatchObject({ level: "grpc" });
  });

  test("names the level that is down rather than one that has begun to fail", () => {
    expect(run({ tcp: "+++-", http: "---." }, healthy).health).toMatchObject({ state: "unhealthy", level: "http" });
  });

  test("forgets a level that was turned off, and with it its verdict", () => {
    const down = run({ tcp: "+++", business: "---" }, healthy);
    const step = applyVerdicts(down, [verdict("tcp", true)], 4_000, { fall: 3, rise: 2 }, ["tcp"]);
    expect(step.flip).toMatchObject({ to: "healthy" });
    expect(Object.keys(step.checks.levels)).toEqual(["tcp"]);
  });

  test("leaves a healthy node healthy when a level is turned on, until that has failed `fall` times", () => {
    const before = run({ tcp: "+" });
    const step = applyVerdicts(before, [verdict("tcp", true), verdict("http", false)], 2_000, { fall: 2, rise: 2 }, [
      "tcp",
      "http",
    ]);
    expect(step.health.state).toBe("healthy");
    const next = applyVerdicts(step, [verdict("http", false)], 3_000, { fall: 2, rise: 2 }, ["tcp", "http"]);
    expect(next.health).toMatchObject({ state: "unhealthy", level: "http" });
  });

  test("goes on from the node's state alone when the levels' counts were lost", () => {
    const down = { ...unhealthy, level: "http" as const };
    expect(run({ tcp: "+", http: "+" }, down).health.state).toBe("unhealthy");
    expect(run({ tcp: "++", http: "++" }, down).health.state).toBe("healthy");
    expect(run({ tcp: "--", http: "--" }, healthy).health.state).toBe("healthy");
  });

  test("keeps the last checks, oldest first, with the level that failed", () => {
    const { checks } = run({ tcp: "++-", http: "+--" });
    expect(checks.recent).toBe("+ht");
    expect([...checks.recent].map(levelOfLetter)).toEqual([null, "http", "tcp"]);
    expect(run({ tcp: "+".repeat(KEPT_CHECKS + 5) }).checks.recent).toHaveLength(KEPT_CHECKS);
  });
});
