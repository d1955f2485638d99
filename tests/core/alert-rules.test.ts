import { describe, expect, test } from "vitest";
import {
  decideEjectionAlert,
  decideHealthAlert,
  EJECTION_ALERT_HOLD_MS,
  type EjectionAlertFacts,
  type HealthAlertFacts,
} from "#lib/core/alert-rules.ts";

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

describe("an ejection's alert", () => {
  const out = { state: "ejected", sinceMs: 0, untilMs: 9_000, cause: "status-500", timesEjected: 1 } as const;
  const back = { state: "in", timesEjected: 1 } as const;
  const facts = { nodeId: "n1", firing: false, ejection: out, lastEjectedMs: 1_000, adminState: "ready", nowMs: 1_000 };
  const decide = (change: object) => decideEjectionAlert({ ...facts, ...change } as EjectionAlertFacts);

  test("fires once, with the cause, whoever sees it", () => {
    expect(decide({})).toMatchObject({ action: "fire", rule: "node-ejected", level: 2, reason: "status-500" });
    expect(decide({ firing: true }).action).toBe("none");
    expect(decide({ ejection: back }).action).toBe("none");
  });

  test("ends half a minute after the last ejection, so that a node that comes and goes is one alert", () => {
    const since = { firing: true, ejection: back, lastEjectedMs: 1_000 };
    expect(decide({ ...since, nowMs: 1_000 + EJECTION_ALERT_HOLD_MS - 1 }).action).toBe("none");
    expect(decide({ ...since, nowMs: 1_000 + EJECTION_ALERT_HOLD_MS })).toMatchObject({
      action: "resolve",
      cause: "recovered",
    });
    expect(decide({ ...since, lastEjectedMs: null }).action).toBe("resolve");
  });

  test("ends with its node, and with maintenance", () => {
    expect(decide({ firing: true, ejection: null })).toMatchObject({ action: "resolve", cause: "node-removed" });
    expect(decide({ firing: true, adminState: "maintenance" })).toMatchObject({ cause: "maintenance" });
    expect(decide({ adminState: "maintenance" }).action).toBe("none");
  });
});
