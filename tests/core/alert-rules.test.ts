import { describe, expect, test } from "vitest";
import {
  type BreakerAlertFacts,
  type DegradeAlertFacts,
  decideBreakerAlert,
  decideDegradeAlert,
  decideEjectionAlert,
  decideHealthAlert,
  type EjectionAlertFacts,
  type HealthAlertFacts,
  PASSIVE_ALERT_HOLD_MS,
} from "#lib/core/alert-rules.ts";

const health = (state: "unknown" | "healthy" | "unhealthy", consecutiveFailures: number) => ({
  state,
  consecutiveFailures,
  reason: consecutiveFailures > 0 ? "connect-refused" : "ok",
  level: consecutiveFailures > 0 ? ("tcp" as const) : null,
  detail: "",
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
      checkLevel: "tcp",
      detail: "",
      consecutiveFailures: 3,
    });
  });
  test.each(["tcp", "http", "business", "grpc"] as const)(
    "names the level that failed: %s, with what was found",
    (level) => {
      const failing = { ...health("unhealthy", 3), level, detail: "HTTP 503, expected 100–499" };
      const culprit = { checkLevel: level, reason: "connect-refused", detail: "HTTP 503, expected 100–499" };
      expect(decide({ health: failing })).toMatchObject({ action: "fire", ...culprit });
    },
  );
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
  const facts = { nodeId: "n1", firing: false, ejection: out, lastOutMs: 1_000, adminState: "ready", nowMs: 1_000 };
  const decide = (change: object) => decideEjectionAlert({ ...facts, ...change } as EjectionAlertFacts);

  test("fires once, with the cause, whoever sees it", () => {
    expect(decide({})).toMatchObject({ action: "fire", rule: "node-ejected", level: 2, reason: "status-500" });
    expect(decide({ firing: true }).action).toBe("none");
    expect(decide({ ejection: back }).action).toBe("none");
  });

  test("ends half a minute after the last ejection, so that a node that comes and goes is one alert", () => {
    const since = { firing: true, ejection: back, lastOutMs: 1_000 };
    expect(decide({ ...since, nowMs: 1_000 + PASSIVE_ALERT_HOLD_MS - 1 }).action).toBe("none");
    expect(decide({ ...since, nowMs: 1_000 + PASSIVE_ALERT_HOLD_MS })).toMatchObject({
      action: "resolve",
      cause: "recovered",
    });
    expect(decide({ ...since, lastOutMs: null }).action).toBe("resolve");
  });

  test("ends with its node, and with maintenance", () => {
    expect(decide({ firing: true, ejection: null })).toMatchObject({ action: "resolve", cause: "node-removed" });
    expect(decide({ firing: true, adminState: "maintenance" })).toMatchObject({ cause: "maintenance" });
    expect(decide({ adminState: "maintenance" }).action).toBe("none");
  });
});

describe("a breaker's alert", () => {
  const opened = { state: "open", sinceMs: 0, untilMs: 9_000, cause: "status-500", timesOpened: 1 } as const;
  const open = { ...opened, requests: 20, failures: 12, slow: 1 };
  const trying = { state: "half-open", sinceMs: 9_000, timesOpened: 1 } as const;
  const closed = { state: "closed" } as const;
  const facts = { nodeId: "n1", firing: false, breaker: open, isCovered: false, lastOutMs: 1_000, nowMs: 1_000 };
  const decide = (change: object) =>
    decideBreakerAlert({ ...facts, adminState: "ready", ...change } as BreakerAlertFacts);

  test("fires once, with the cause and what the window held", () => {
    expect(decide({})).toEqual({
      action: "fire",
      rule: "breaker-open",
      level: 2,
      fingerprint: "breaker-open:n1",
      reason: "status-500",
      checkLevel: null,
      detail: "12 failed, 1 slow of 20",
      consecutiveFailures: 0,
    });
    for (const change of [{ firing: true }, { breaker: closed }, { breaker: trying }, { adminState: "maintenance" }])
      expect(decide(change).action).toBe("none");
  });

  test("does not fire where another alert tells of the node already, nor for what an operator did", () => {
    expect(decide({ isCovered: true }).action).toBe("none");
    expect(decide({ breaker: { ...open, cause: "tripped" } }).action).toBe("none");
  });

  test("goes on through the trials, and ends half a minute after it closed", () => {
    const later = { firing: true, nowMs: 1_000 + PASSIVE_ALERT_HOLD_MS };
    expect(decide({ ...later, breaker: trying }).action).toBe("none");
    expect(decide({ ...later, breaker: closed, nowMs: later.nowMs - 1 }).action).toBe("none");
    expect(decide({ ...later, breaker: closed })).toMatchObject({ action: "resolve", cause: "recovered" });
    expect(decide({ firing: true, breaker: null })).toMatchObject({ cause: "node-removed" });
    expect(decide({ firing: true, adminState: "maintenance" })).toMatchObject({ cause: "maintenance" });
  });
});

describe("a degraded node's alert", () => {
  const degrade = { step: 1, factor: 0.8, sinceMs: 0, cause: "p99-812-ms-errors-12-percent" };
  const decide = (change: object) =>
    decideDegradeAlert({ nodeId: "n1", firing: false, degrade, adminState: "ready", ...change } as DegradeAlertFacts);

  test("fires with the first step and its figures, and no further step raises another", () => {
    expect(decide({})).toMatchObject({
      ...{ action: "fire", rule: "node-degraded", level: 2, fingerprint: "node-degraded:n1" },
      reason: "p99-812-ms-errors-12-percent",
    });
    expect(decide({ firing: true, degrade: { ...degrade, step: 2 } }).action).toBe("none");
    expect(decide({ degrade: null }).action).toBe("none");
  });

  test("ends with the last step back, with maintenance, and with its node", () => {
    expect(decide({ firing: true, degrade: null })).toMatchObject({ action: "resolve", cause: "recovered" });
    expect(decide({ firing: true, adminState: "maintenance" })).toMatchObject({ cause: "maintenance" });
    expect(decide({ firing: true, degrade: undefined })).toMatchObject({ cause: "node-removed" });
    expect(decide({ adminState: "maintenance" }).action).toBe("none");
  });
});
