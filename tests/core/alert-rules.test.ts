import { describe, expect, test } from "vitest";
import { decideHealthAlert, type HealthAlertFacts } from "#lib/core/alert-rules.ts";

const health = (state: "unknown" | "healthy" | "unhealthy", consecutiveFailures: number) => ({
  state,
  consecutiveFailures,
  reason: consecutiveFailures > 0 ? "connect-refused" : "ok",
});
const decide = (over: Partial<HealthAlertFacts>) =>
  decideHealthAlert({
    nodeId: "n1",
    firing: false,
    health: health("healthy", 0),
    adminState: "ready",
    checksEnabled: true,
    ...over,
  });

describe("a failed health check", () => {
  test("raises a level-1 alert at the third failure in a row, not at the second", () => {
    expect(decide({ health: health("healthy", 2) })).toEqual({ action: "none" });
    expect(decide({ health: health("unhealthy", 3) })).toEqual({
      action: "fire",
      rule: "health-check-failed",
      level: 1,
      fingerprint: "health-check-failed:n1",
      reason: "connect-refused",
      consecutiveFailures: 3,
    });
  });
  test("does not raise a second alert while one is firing", () => {
    expect(decide({ firing: true, health: health("unhealthy", 4) })).toEqual({ action: "none" });
  });
  test("raises it for a pool that takes nodes down earlier or later, for a node never seen healthy, and while draining", () => {
    expect(decide({ health: health("unhealthy", 1) }).action).toBe("none");
    expect(decide({ health: health("healthy", 3) }).action).toBe("fire");
    expect(decide({ health: health("unknown", 3) }).action).toBe("fire");
    expect(decide({ health: health("unhealthy", 3), adminState: "drain" }).action).toBe("fire");
  });
  test("raises none in maintenance, with checks off, or of a node that is gone", () => {
    const failing = health("unhealthy", 9);
    expect(decide({ health: failing, adminState: "maintenance" }).action).toBe("none");
    expect(decide({ health: failing, checksEnabled: false }).action).toBe("none");
    expect(decide({ health: null }).action).toBe("none");
  });
  test("keeps to another threshold", () => {
    expect(decide({ health: health("unhealthy", 3), threshold: 4 }).action).toBe("none");
    expect(decide({ health: health("unhealthy", 4), threshold: 4 }).action).toBe("fire");
  });
});

describe("a firing alert", () => {
  test.each<[string, Partial<HealthAlertFacts>, string]>([
    ["recovery", { health: health("healthy", 0) }, "recovered"],
    ["maintenance", { health: health("unhealthy", 3), adminState: "maintenance" }, "maintenance"],
    ["switching checks off", { health: health("unhealthy", 3), checksEnabled: false }, "checks-off"],
    ["removal of the node", { health: null }, "node-removed"],
  ])("ends on %s", (_, over, cause) => {
    expect(decide({ firing: true, ...over })).toEqual({
      action: "resolve",
      fingerprint: "health-check-failed:n1",
      cause,
    });
  });
  test("goes on while the node is coming up, while checks still fail, and while nothing is known after a restart", () => {
    for (const state of [health("unhealthy", 0), health("healthy", 5), health("unknown", 0)])
      expect(decide({ firing: true, health: state })).toEqual({ action: "none" });
  });
});
