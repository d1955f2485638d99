// Rise and fall of a node under active checks, as HAProxy: `fall` consecutive failures take it down, `rise` consecutive
// passes bring it back. The first pass of an unprobed node decides at once; a first failure does not, as one lost probe
// must not take a fresh node out. Levels count each by itself; a node is as well as its worst level.
import { CHECK_LEVELS, type CheckLevel, type HealthCheck } from "#lib/contracts/config.ts";
import { type HealthState, KEPT_CHECKS, type LevelHealth, type NodeChecks } from "#lib/contracts/runtime.ts";

/** What one check found of one level. */
export interface LevelVerdict {
  readonly level: CheckLevel;
  readonly ok: boolean;
  /** Stable code: `ok`, `connect-refused`, `status-503`, ... */
  readonly reason: string;
  /** What was found and what was expected: a code and its values (check-detail.ts); empty when the reason says it all. */
  readonly detail: string;
  /** From the start of the check to this verdict. */
  readonly latencyMs: number;
}

/** Only flips are worth telling anybody. */
export interface HealthFlip {
  readonly from: HealthState["state"];
  readonly to: HealthState["state"];
  readonly reason: string;
  readonly level: CheckLevel | null;
  readonly detail: string;
  readonly atMs: number;
}

export interface NodeHealth {
  readonly health: HealthState;
  readonly checks: NodeChecks;
}
export interface HealthStep extends NodeHealth {
  readonly flip: HealthFlip | null;
}
export type RiseFall = Pick<HealthCheck, "fall" | "rise">;
/** Why nothing is known: the first check is to come, or none will. */
export type Unchecked = "not-checked-yet" | "checks-off";

export const NO_CHECKS: NodeChecks = { levels: {}, recent: "" };

export const unknownHealth = (nowMs: number, reason: Unchecked): HealthState => ({
  state: "unknown",
  sinceMs: nowMs,
  reason,
  level: null,
  detail: "",
  consecutivePasses: 0,
  consecutiveFailures: 0,
  lastCheckMs: null,
  latencyMs: null,
});

/** Health of a node that joins others which serve: it is checked before its first request. */
export const pendingHealth = (nowMs: number): HealthState => ({
  ...unknownHealth(nowMs, "not-checked-yet"),
  state: "pending",
});

/** The levels that a health check has on, the plainest first. */
export const enabledLevels = (check: HealthCheck): CheckLevel[] =>
  CHECK_LEVELS.filter((level) => check.enabled && check[level].enabled);

/**
 * Takes in what one check found: `verdicts` of the levels it was about (at least one), ended at `atMs`. One that ended
 * before the last known one is stale and changes nothing. Levels that are no longer on (`enabled`) are forgotten.
 */
export function applyVerdicts(
  { health, checks }: NodeHealth,
  verdicts: readonly LevelVerdict[],
  atMs: number,
  settings: RiseFall,
  enabled: readonly CheckLevel[],
): HealthStep {
  if (health.lastCheckMs !== null && atMs < health.lastCheckMs) return { health, checks, flip: null };
  const levels: NodeChecks["levels"] = {};
  for (const level of enabled) {
    const before = checks.levels[level] ?? levelBefore(health, level);
    const verdict = verdicts.find((one) => one.level === level);
    if (verdict) levels[level] = stepLevel(before, verdict, atMs, settings);
    else if (before) levels[level] = before;
  }
  const recent = (checks.recent + letterOf(verdicts)).slice(-KEPT_CHECKS);
  return { ...summarise(health, levels, enabled, verdicts, atMs), checks: { levels, recent } };
}

/** What is known of a level whose own counts were not kept: as much as the node's state says. */
function levelBefore({ state, level: failing }: HealthState, level: CheckLevel): LevelHealth | undefined {
  if (state !== "healthy" && state !== "unhealthy") return undefined;
  const isDown = state === "unhealthy" && (failing === null || failing === level);
  return { ...UNSEEN, state: isDown ? "unhealthy" : "healthy" };
}
const UNSEEN: LevelHealth = {
  state: "unknown",
  reason: "ok",
  detail: "",
  consecutivePasses: 0,
  consecutiveFailures: 0,
  checkedMs: 0,
  latencyMs: 0,
};

function stepLevel(
  before: LevelHealth = UNSEEN,
  { ok, reason, detail, latencyMs }: LevelVerdict,
  checkedMs: number,
  settings: RiseFall,
): LevelHealth {
  const consecutivePasses = ok ? before.consecutivePasses + 1 : 0;
  const consecutiveFailures = ok ? 0 : before.consecutiveFailures + 1;
  const state = nextState(before.state, consecutivePasses, consecutiveFailures, settings);
  return { state, reason, detail, consecutivePasses, consecutiveFailures, checkedMs, latencyMs };
}

function nextState(
  state: LevelHealth["state"],
  passes: number,
  failures: number,
  { fall, rise }: RiseFall,
): LevelHealth["state"] {
  switch (state) {
    case "unknown":
      return passes > 0 ? "healthy" : failures >= fall ? "unhealthy" : "unknown";
    case "healthy":
      return failures >= fall ? "unhealthy" : "healthy";
    case "unhealthy":
      return passes >= rise ? "healthy" : "unhealthy";
  }
}

/** The node's health by its levels: the worst of them, and the plainest level that fails is the culprit. */
function summarise(
  before: HealthState,
  levels: NodeChecks["levels"],
  enabled: readonly CheckLevel[],
  verdicts: readonly LevelVerdict[],
  atMs: number,
): Pick<HealthStep, "health" | "flip"> {
  const all = enabled.map((level) => levels[level] ?? UNSEEN);
  const state = nodeState(before.state, all);
  const culprit =
    enabled.find((level) => levels[level]?.state === "unhealthy" && levels[level].consecutiveFailures > 0) ??
    enabled.find((level) => (levels[level]?.consecutiveFailures ?? 0) > 0) ??
    null;
  const { reason, detail } = (culprit && levels[culprit]) || { reason: "ok", detail: "" };
  const health: HealthState = {
    state,
    sinceMs: state === before.state ? before.sinceMs : atMs,
    reason,
    level: culprit,
    detail,
    consecutivePasses: Math.min(...all.map((level) => level.consecutivePasses)),
    consecutiveFailures: Math.max(...all.map((level) => level.consecutiveFailures)),
    lastCheckMs: atMs,
    latencyMs: (verdicts.find((one) => one.level === culprit) ?? verdicts.at(-1))?.latencyMs ?? null,
  };
  const flip = state === before.state ? null : { from: before.state, to: state, reason, level: culprit, detail, atMs };
  return { health, flip };
}

function nodeState(before: HealthState["state"], levels: readonly LevelHealth[]): HealthState["state"] {
  if (levels.some((level) => level.state === "unhealthy")) return "unhealthy";
  switch (before) {
    case "unknown":
    case "pending":
      return levels.every((level) => level.state === "healthy") ? "healthy" : before;
    case "healthy":
    case "unhealthy":
      return "healthy";
  }
}

const LETTERS = { tcp: "t", http: "h", business: "b", grpc: "g" } as const;
const letterOf = (verdicts: readonly LevelVerdict[]): string => {
  const failed = verdicts.find((verdict) => !verdict.ok);
  return failed ? LETTERS[failed.level] : "+";
};
/** The level that a letter of `NodeChecks.recent` names; null: the check passed. */
export const levelOfLetter = (letter: string): CheckLevel | null =>
  CHECK_LEVELS.find((level) => LETTERS[level] === letter) ?? null;

/** Nothing is known of it, whether it waits for its first pass or serves meanwhile: no event lies between the two. */
const isUnknown = ({ state }: HealthState): boolean => state === "unknown" || state === "pending";

/** Forgets everything: checks were turned off, or the node is another one now and becomes `to`. */
export function resetHealth(state: HealthState, to: HealthState): HealthStep {
  const flip: HealthFlip | null =
    isUnknown(state) === isUnknown(to)
      ? null
      : { from: state.state, to: to.state, reason: to.reason, level: null, detail: "", atMs: to.sinceMs };
  return { health: to, checks: NO_CHECKS, flip };
}
