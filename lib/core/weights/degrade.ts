// The brief's degrade rule: response time *and* errors over their thresholds for a window take a step of the node's weight
// away; the next step needs a window of its own. It comes back the same way once the node is well for a window, which is
// asked more strictly than not being ill (hysteresis), so that a node at a threshold does not swing.
import type { DegradeSettings } from "#lib/contracts/config.ts";
import type { DegradeState } from "#lib/contracts/runtime.ts";

/** What was seen since the last step, a full window long. */
export interface DegradeFigures {
  readonly requests: number;
  /** Failures among the answered, 0–1. */
  readonly errorRatio: number;
  /** By the pool's measure; null when nothing was answered. */
  readonly responseMs: number | null;
}
export interface DegradeStep {
  readonly state: DegradeState | null;
  /** Why and by what, for people: `mean-812-ms-errors-12-percent` or `no-figures`. */
  readonly cause: string;
}

/** A degraded node without figures gets a step back each time so many windows have passed: it has to be tried to be known. */
const UNTRIED_WINDOWS = 3;

/** Response times are looked at only where errors leave it open: `worthMeasuring` says whether they do. */
export const worthMeasuring = (errorRatio: number, settings: DegradeSettings): boolean =>
  errorRatio > settings.errorRatio * settings.recoveryRatio;

/** What the figures of a full window make of the state (null: not degraded); null when it stays as it is. */
export function decideDegrade(
  state: DegradeState | null,
  figures: DegradeFigures,
  settings: DegradeSettings,
  nowMs: number,
): DegradeStep | null {
  const step = state?.step ?? 0;
  if (figures.requests < settings.minimumRequests) {
    const isDue = state !== null && nowMs - state.sinceMs >= UNTRIED_WINDOWS * settings.windowMs;
    return isDue ? stepTo(step - 1, "no-figures", settings, nowMs) : null;
  }
  switch (verdictOf(figures, settings)) {
    case "ill":
      return step < deepestStep(settings) ? stepTo(step + 1, causeOf(figures, settings), settings, nowMs) : null;
    case "well":
      return step > 0 ? stepTo(step - 1, causeOf(figures, settings), settings, nowMs) : null;
    case "between":
      return null;
  }
}

/** The state under settings that may have changed: the step stays, what it stands for may not. */
export function fitDegrade(state: DegradeState | null, settings: DegradeSettings): DegradeState | null {
  if (state === null || !settings.enabled) return null;
  const step = Math.min(state.step, deepestStep(settings));
  const factor = degradeFactor(step, settings);
  return step === state.step && factor === state.factor ? state : { ...state, step, factor };
}

/** Part of the weight that a step leaves, down to the floor. */
export function degradeFactor(step: number, { stepRatio, floorRatio }: DegradeSettings): number {
  return Math.max(floorRatio, Math.round((1 - step * stepRatio) * 1e6) / 1e6);
}

const deepestStep = ({ stepRatio, floorRatio }: DegradeSettings): number =>
  Math.ceil((1 - floorRatio) / stepRatio - 1e-9);

function verdictOf({ errorRatio, responseMs }: DegradeFigures, settings: DegradeSettings): "ill" | "well" | "between" {
  const { responseMs: limitMs, errorRatio: limitRatio, recoveryRatio } = settings;
  // Nothing was answered and nothing failed: all were overtaken by other nodes. That speaks neither way.
  if (responseMs === null && worthMeasuring(errorRatio, settings)) return "between";
  const timeMs = responseMs ?? 0;
  if (errorRatio > limitRatio && timeMs > limitMs) return "ill";
  const isWell = errorRatio <= limitRatio * recoveryRatio || timeMs <= limitMs * recoveryRatio;
  return isWell ? "well" : "between";
}

function stepTo(step: number, cause: string, settings: DegradeSettings, nowMs: number): DegradeStep {
  if (step === 0) return { state: null, cause };
  return { state: { step, factor: degradeFactor(step, settings), sinceMs: nowMs, cause }, cause };
}

function causeOf({ errorRatio, responseMs }: DegradeFigures, { measure }: DegradeSettings): string {
  return `${measure}-${Math.round(responseMs ?? 0)}-ms-errors-${Math.round(errorRatio * 1_000) / 10}-percent`;
}
