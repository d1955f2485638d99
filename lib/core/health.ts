// Rise and fall of a node under active checks, as HAProxy: `fall` consecutive failures take it down, `rise` consecutive
// passes bring it back. The first pass of an unprobed node decides at once; a first failure does not, as one lost probe
// must not take a fresh node out.
import type { HealthCheck } from "#lib/contracts/config.ts";
import type { HealthState } from "#lib/contracts/runtime.ts";

export interface CheckVerdict {
  readonly ok: boolean;
  /** Stable code: `ok`, `connect-refused`, `status-503`, ... */
  readonly reason: string;
  /** Null when there was no answer. */
  readonly latencyMs: number | null;
  /** When the check ended. */
  readonly atMs: number;
}

/** Only flips are worth telling anybody. */
export interface HealthFlip {
  readonly from: HealthState["state"];
  readonly to: HealthState["state"];
  readonly reason: string;
  readonly atMs: number;
}

export interface HealthStep {
  readonly state: HealthState;
  readonly flip: HealthFlip | null;
}

export const unknownHealth = (nowMs: number, reason: "not-checked-yet" | "checks-off"): HealthState => ({
  state: "unknown",
  sinceMs: nowMs,
  reason,
  consecutivePasses: 0,
  consecutiveFailures: 0,
  lastCheckMs: null,
  latencyMs: null,
});

/** Takes in one verdict; one that ended before the last known one is stale and changes nothing. */
export function applyCheck(
  state: HealthState,
  verdict: CheckVerdict,
  settings: Pick<HealthCheck, "fall" | "rise">,
): HealthStep {
  if (state.lastCheckMs !== null && verdict.atMs < state.lastCheckMs) return { state, flip: null };
  const consecutivePasses = verdict.ok ? state.consecutivePasses + 1 : 0;
  const consecutiveFailures = verdict.ok ? 0 : state.consecutiveFailures + 1;
  const to = nextState(state.state, consecutivePasses, consecutiveFailures, settings);
  const flipped = to !== state.state;
  return {
    state: {
      state: to,
      sinceMs: flipped ? verdict.atMs : state.sinceMs,
      reason: verdict.reason,
      consecutivePasses,
      consecutiveFailures,
      lastCheckMs: verdict.atMs,
      latencyMs: verdict.latencyMs,
    },
    flip: flipped ? { from: state.state, to, reason: verdict.reason, atMs: verdict.atMs } : null,
  };
}

/** Forgets everything: checks were turned off, or the node is another one now. */
export function resetHealth(state: HealthState, nowMs: number, reason: "not-checked-yet" | "checks-off"): HealthStep {
  const flip: HealthFlip | null =
    state.state === "unknown" ? null : { from: state.state, to: "unknown", reason, atMs: nowMs };
  return { state: unknownHealth(nowMs, reason), flip };
}

function nextState(
  state: HealthState["state"],
  passes: number,
  failures: number,
  { fall, rise }: Pick<HealthCheck, "fall" | "rise">,
): HealthState["state"] {
  switch (state) {
    case "unknown":
      return passes > 0 ? "healthy" : failures >= fall ? "unhealthy" : "unknown";
    case "healthy":
      return failures >= fall ? "unhealthy" : "healthy";
    case "unhealthy":
      return passes >= rise ? "healthy" : "unhealthy";
  }
}
