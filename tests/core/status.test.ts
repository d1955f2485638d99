import { describe, expect, test } from "vitest";
import { NODE_STATUSES, type NodeFacts } from "#lib/contracts/runtime.ts";
import { deriveStatus, type StatusContext } from "#lib/core/status.ts";
import {
  admin,
  coolingUntil,
  degraded,
  ejectedUntil,
  halfOpen,
  health,
  openUntil,
  servingFacts,
  settings,
} from "./facts.ts";

const context: StatusContext = {
  inFlight: 0,
  healthCheck: settings.healthCheck,
  warmUp: settings.warmUp,
  nowMs: 600_000,
};
const derive = (facts: Partial<NodeFacts>, change: Partial<StatusContext> = {}) =>
  deriveStatus({ ...servingFacts, ...facts }, { ...context, ...change });
const warmUp = { warmUp: { startedMs: 300_000, cause: "recovery" as const } };

/** Highest precedence first: each wins over everything below it. */
const ladder: [string, string, Partial<NodeFacts>][] = [
  ["maintenance", "by-operator", admin("maintenance")],
  ["draining", "by-operator", admin("drain")],
  ["down", "status-503", health("unhealthy", 0, 3)],
  ["breaker-open", "status-500", openUntil(700_000)],
  ["ejected", "connect-refused", ejectedUntil(700_000)],
  ["cooling", "status-429", coolingUntil(700_000)],
  ["going-down", "failed-1-of-3", health("healthy", 0, 1)],
  ["degraded", "mean-812-ms-errors-12-percent", degraded(0.8)],
  ["warming-up", "step-2-of-5", warmUp],
  ["up", "ok", {}],
];

/** Beside the ladder: variants of its rungs. */
const others: [string, string, Partial<NodeFacts>][] = [
  ["breaker-half-open", "trials", halfOpen],
  ["coming-up", "passed-1-of-2", health("unhealthy", 1, 0, "ok")],
  ["going-down", "failed-2-of-3", health("unknown", 0, 2)],
  ["unchecked", "not-checked-yet", health("unknown", 0, 0, "not-checked-yet")],
];

describe("status", () => {
  test.each(ladder)("%s because of %s wins over everything that matters less", (status, reason, facts) => {
    const below = ladder.slice(ladder.findIndex(([s]) => s === status)).map(([, , f]) => f);
    const merged = Object.assign({}, ...below.toReversed()) as Partial<NodeFacts>;
    expect(derive(facts, { inFlight: 1 })).toEqual({ status, reason });
    expect(derive(merged, { inFlight: 1 })).toEqual({ status, reason });
  });

  test.each([...others, ["drained", "by-operator", admin("drain")] as const])("%s, %s", (status, reason, facts) => {
    expect(derive(facts)).toEqual({ status, reason });
  });

  test("a drain past its deadline says so while requests are left", () => {
    expect(derive(admin("drain", 600_000), { inFlight: 1 })).toEqual({ status: "draining", reason: "deadline-over" });
    expect(derive(admin("drain", 600_001), { inFlight: 1 }).reason).toBe("by-operator");
  });

  test("with checks off, what probes once said does not count", () => {
    const off = { healthCheck: { ...settings.healthCheck, enabled: false } };
    for (const old of [health("unhealthy", 0, 9), health("unhealthy", 1), health("healthy", 0, 2), {}]) {
      expect(derive(old, off)).toEqual({ status: "unchecked", reason: "checks-off" });
    }
  });

  test("a warm-up on a smooth curve tells its percentage, and ends with its window", () => {
    const linear = { warmUp: { ...settings.warmUp, curve: "linear" as const } };
    expect(derive(warmUp, linear)).toEqual({ status: "warming-up", reason: "at-28-percent" });
    expect(derive(warmUp, { nowMs: 300_000 + 1_500_000 - 1 }).status).toBe("warming-up");
    expect(derive(warmUp, { nowMs: 300_000 + 1_500_000 }).status).toBe("up");
  });

  test("can be every status of the contract", () => {
    const busy = [...ladder, ...others].map(([, , facts]) => derive(facts, { inFlight: 1 }).status);
    const idle = derive(admin("drain")).status;
    expect(new Set([...busy, idle])).toEqual(new Set(NODE_STATUSES));
  });
});
