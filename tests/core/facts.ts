// Facts and settings for tests of the core: a node that serves, and the contract's defaults.
import { ConfigPool } from "#lib/contracts/config.ts";
import type { HealthState, NodeFacts } from "#lib/contracts/runtime.ts";

export const settings: ConfigPool = ConfigPool.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "pool",
  algorithm: "weighted-round-robin",
  nodes: [],
});

export const servingFacts: NodeFacts = {
  nodeId: "00000000-0000-4000-8000-000000000002",
  admin: { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "system" },
  health: {
    state: "healthy",
    sinceMs: 0,
    reason: "ok",
    level: null,
    detail: "",
    consecutivePasses: 5,
    consecutiveFailures: 0,
    lastCheckMs: 0,
    latencyMs: 1,
  },
  warmUp: null,
  adjustment: { dynamic: null, degrade: null },
  ejection: { state: "in", timesEjected: 0 },
  breaker: { state: "closed" },
  cooling: { state: "not-cooling" },
  resolution: null,
  quota: null,
};

export const admin = (
  state: "ready" | "drain" | "maintenance",
  deadlineMs: number | null = null,
  keepSessions = false,
) => ({
  admin: { state, sinceMs: 0, deadlineMs, keepSessions, by: "ada" },
});
export const health = (state: HealthState["state"], passes = 0, failures = 0, reason = "status-503") => ({
  health: { ...servingFacts.health, state, consecutivePasses: passes, consecutiveFailures: failures, reason },
});
export const ejectedUntil = (untilMs: number) => ({
  ejection: { state: "ejected" as const, sinceMs: 0, untilMs, cause: "connect-refused", timesEjected: 1 },
});
const evidence = { requests: 20, failures: 10, slow: 0 };
export const openUntil = (untilMs: number) => ({
  breaker: { state: "open" as const, sinceMs: 0, untilMs, cause: "status-500", timesOpened: 1, ...evidence },
});
export const halfOpen = { breaker: { state: "half-open" as const, sinceMs: 0, timesOpened: 1 } };
export const degraded = (factor: number) => ({
  adjustment: {
    dynamic: null,
    degrade: { step: 1, factor, sinceMs: 0, cause: "mean-812-ms-errors-12-percent" },
  },
});
export const coolingUntil = (untilMs: number) => ({
  cooling: { state: "cooling" as const, sinceMs: 0, untilMs, cause: "status-429" },
});
