// The one status that people see, derived from the facts and never stored. What keeps a node from serving comes
// first: the operator's will, then health, breaker, ejection, cooling; then what is about to change; then what
// lessens its share: the degrade rule, and warm-up.
import type { HealthCheck, WarmUpSettings } from "#lib/contracts/config.ts";
import type {
  BreakerState,
  DegradeState,
  HealthState,
  NodeFacts,
  NodeStatus,
  WarmUpState,
} from "#lib/contracts/runtime.ts";
import { drainProgress } from "./drain.ts";
import { warmUpProgress } from "./warm-up.ts";

export interface StatusContext {
  readonly inFlight: number;
  readonly healthCheck: Pick<HealthCheck, "enabled" | "fall" | "rise">;
  readonly warmUp: WarmUpSettings;
  readonly nowMs: number;
}

export interface DerivedStatus {
  readonly status: NodeStatus;
  /** Stable code that says why: `connect-refused`, `by-operator`, `step-2-of-5`, `failed-1-of-3`, ... */
  readonly reason: string;
}

export function deriveStatus(facts: NodeFacts, context: StatusContext): DerivedStatus {
  const { healthCheck } = context;
  return (
    adminStatus(facts, context) ??
    (healthCheck.enabled && facts.health.state === "unhealthy" && facts.health.consecutivePasses === 0
      ? { status: "down", reason: facts.health.reason }
      : null) ??
    breakerStatus(facts.breaker) ??
    (facts.ejection.state === "ejected" ? { status: "ejected", reason: facts.ejection.cause } : null) ??
    (facts.cooling.state === "cooling" ? { status: "cooling", reason: facts.cooling.cause } : null) ??
    (healthCheck.enabled ? trendStatus(facts.health, healthCheck) : null) ??
    degradeStatus(facts.adjustment.degrade) ??
    warmUpStatus(facts.warmUp, context) ??
    restStatus(facts.health, healthCheck.enabled)
  );
}

function adminStatus({ admin }: NodeFacts, { inFlight, nowMs }: StatusContext): DerivedStatus | null {
  switch (admin.state) {
    case "ready":
      return null;
    case "maintenance":
      return { status: "maintenance", reason: "by-operator" };
    case "drain": {
      const progress = drainProgress(admin, inFlight, nowMs);
      if (progress?.state === "drained") return { status: "drained", reason: "by-operator" };
      return { status: "draining", reason: progress?.state === "expired" ? "deadline-over" : "by-operator" };
    }
  }
}

function breakerStatus(breaker: BreakerState): DerivedStatus | null {
  switch (breaker.state) {
    case "closed":
      return null;
    case "open":
      return { status: "breaker-open", reason: breaker.cause };
    case "half-open":
      return { status: "breaker-half-open", reason: "trials" };
  }
}

/** On the way down or up, with the count so far. A pending node that fails stays unchecked: it never was up. */
function trendStatus(health: HealthState, { fall, rise }: Pick<HealthCheck, "fall" | "rise">): DerivedStatus | null {
  if (health.state === "unhealthy") {
    return { status: "coming-up", reason: `passed-${health.consecutivePasses}-of-${rise}` };
  }
  if (health.consecutiveFailures === 0) return null;
  return { status: "going-down", reason: `failed-${health.consecutiveFailures}-of-${fall}` };
}

const degradeStatus = (degrade: DegradeState | null): DerivedStatus | null =>
  degrade && { status: "degraded", reason: degrade.cause };

function warmUpStatus(warmUp: WarmUpState | null, { warmUp: settings, nowMs }: StatusContext): DerivedStatus | null {
  const progress = warmUpProgress(warmUp, nowMs, settings);
  if (progress === null) return null;
  const byStep = settings.curve === "step";
  return {
    status: "warming-up",
    reason: byStep ? `step-${progress.step}-of-${progress.steps}` : `at-${Math.floor(progress.factor * 100)}-percent`,
  };
}

function restStatus(health: HealthState, checksEnabled: boolean): DerivedStatus {
  if (!checksEnabled) return { status: "unchecked", reason: "checks-off" };
  return health.state === "healthy"
    ? { status: "up", reason: health.reason }
    : { status: "unchecked", reason: "not-checked-yet" };
}
