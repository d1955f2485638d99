// Warm-up (slow start): the weight of a node that joins or recovers is ramped. `step` is the brief's curve (10 %, +20 %
// each fifth of the window), `linear` HAProxy's slowstart, `exponential` grows by equal factors. A cold pool is not warmed
// up: where every node is new, a ramp only shifts load among equals (what Envoy's slow start is criticised for).
import type { WarmUpSettings } from "#lib/contracts/config.ts";
import type { WarmUpState } from "#lib/contracts/runtime.ts";

export const WARM_UP_STEPS = 5;
const STEP_RATIO = 0.2;
/** A pool that has served for less than this is cold as a whole. */
export const COLD_POOL_MS = 300_000;

/** Part of the weight that counts now, 0–1. 1 without a warm-up, after its window, and where warm-up is turned off. */
export function warmUpFactor(warmUp: WarmUpState | null, nowMs: number, settings: WarmUpSettings): number {
  const elapsed = elapsedRatio(warmUp, nowMs, settings);
  if (elapsed >= 1) return 1;
  const { curve, startRatio } = settings;
  switch (curve) {
    case "step":
      return Math.min(1, startRatio + STEP_RATIO * Math.floor(elapsed * WARM_UP_STEPS));
    case "linear":
      return startRatio + (1 - startRatio) * elapsed;
    case "exponential":
      return startRatio ** (1 - elapsed);
  }
}

export interface WarmUpProgress {
  /** Part of the weight, 0–1. */
  readonly factor: number;
  /** Part of the window that has passed, 0–1. */
  readonly elapsedRatio: number;
  /** Fifth of the window, 1–5. */
  readonly step: number;
  readonly steps: number;
  readonly remainingMs: number;
}

/** For display; null when no warm-up is going on. */
export function warmUpProgress(
  warmUp: WarmUpState | null,
  nowMs: number,
  settings: WarmUpSettings,
): WarmUpProgress | null {
  const elapsed = elapsedRatio(warmUp, nowMs, settings);
  if (warmUp === null || elapsed >= 1) return null;
  return {
    factor: warmUpFactor(warmUp, nowMs, settings),
    elapsedRatio: elapsed,
    step: Math.floor(elapsed * WARM_UP_STEPS) + 1,
    steps: WARM_UP_STEPS,
    remainingMs: warmUp.startedMs + settings.windowMs - Math.max(nowMs, warmUp.startedMs),
  };
}

/** When the factor is next worth reading again: at the next step, or 100 times a window on a smooth curve; null: never. */
export function warmUpNextChangeMs(warmUp: WarmUpState | null, nowMs: number, settings: WarmUpSettings): number | null {
  if (warmUp === null || elapsedRatio(warmUp, nowMs, settings) >= 1) return null;
  const { startedMs } = warmUp;
  const parts = settings.curve === "step" ? WARM_UP_STEPS : 100;
  const partMs = settings.windowMs / parts;
  const done = Math.floor((Math.max(nowMs, startedMs) - startedMs) / partMs);
  const nextMs = Math.ceil(startedMs + (done + 1) * partMs);
  return Math.min(Math.max(nextMs, nowMs + 1), startedMs + settings.windowMs);
}

/** @param servingSinceMs when the pool first served a request; null: it has served none. @param warmNodes usable, at full weight */
export function isPoolCold(pool: { servingSinceMs: number | null; warmNodes: number; nowMs: number }): boolean {
  const { servingSinceMs, warmNodes, nowMs } = pool;
  return warmNodes === 0 || servingSinceMs === null || nowMs - servingSinceMs < COLD_POOL_MS;
}

export type WarmUpDecision =
  | { action: "start"; warmUp: WarmUpState }
  | { action: "skip"; reason: "disabled" | "pool-cold" };

/** Whether a node starts a warm-up. An operator's is always carried out. */
export function decideWarmUp(
  cause: WarmUpState["cause"],
  settings: WarmUpSettings,
  poolCold: boolean,
  nowMs: number,
): WarmUpDecision {
  if (cause !== "manual" && !settings.enabled) return { action: "skip", reason: "disabled" };
  if (cause !== "manual" && poolCold) return { action: "skip", reason: "pool-cold" };
  return { action: "start", warmUp: { startedMs: nowMs, cause } };
}

/** Part of the window that has passed, 0–1; 1 where there is nothing to ramp. */
function elapsedRatio(warmUp: WarmUpState | null, nowMs: number, settings: WarmUpSettings): number {
  if (warmUp === null || (warmUp.cause !== "manual" && !settings.enabled)) return 1;
  return Math.min(1, Math.max(0, nowMs - warmUp.startedMs) / settings.windowMs);
}
