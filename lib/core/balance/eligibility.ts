// Which nodes of a pool take part, with which weight, and why the others do not. Decided on changes of state, never per
// request. Backups as nginx: only when no primary is usable. Panic as Envoy: when too few are healthy, health and ejection
// are ignored rather than overload what is left. The operator's will and an open breaker hold even in panic; a node that
// rests is left alone as long as another is usable. A pending node waits for its first passed check as long as anybody
// else, backups included, can serve (NGINX Plus `mandatory`).
import type { ConfigPool } from "#lib/contracts/config.ts";
import { warmUpFactor, warmUpNextChangeMs } from "../warm-up.ts";
import type { Eligibility, EligibilityNode, EligibilityReason, NodeEligibility } from "./types.ts";

type PoolSettings = Pick<ConfigPool, "panicThreshold" | "warmUp" | "cooling">;
type Mode = Eligibility["mode"];

/**
 * Time does not change facts here: the caller first lets breakers and ejections that are due advance, then asks, and asks
 * again at `nextChangeMs` and after every change of a fact. Health `unknown` is usable, and so is `pending` when nobody
 * else is: a pool of which every node is new serves at once.
 */
export function decideEligibility(pool: PoolSettings, nodes: readonly EligibilityNode[], nowMs: number): Eligibility {
  const holdsPending = nodes.some((node) => !isPending(node) && isUsable(node) && node.breaker.state === "closed");
  const choice = choose(pool, holdsPending ? nodes.filter((node) => !isPending(node)) : nodes);
  return {
    mode: choice.mode,
    nodes: nodes.map((node): NodeEligibility => {
      const isHeld = holdsPending && isPending(node) && exclusion(node) === null;
      const reason = isHeld ? "pending" : reasonOf(node, choice, node.backup ? choice.useBackups : choice.usePrimaries);
      const eligible = reason.startsWith("usable");
      const effectiveWeight = eligible ? rounded(node.weight * warmUpFactor(node.warmUp, nowMs, pool.warmUp)) : 0;
      return { id: node.id, eligible, reason, effectiveWeight };
    }),
    nextChangeMs: nextChangeMs(pool, nodes, nowMs),
  };
}

/** Why a node is out whatever the others do; null: it may be used, in panic at least. */
function exclusion(node: EligibilityNode): EligibilityReason | null {
  if (node.admin.state !== "ready") return node.admin.state;
  if (node.weight <= 0) return "weight-zero";
  return node.breaker.state === "open" ? "breaker-open" : null;
}

function sickness(node: EligibilityNode): EligibilityReason | null {
  if (node.health.state === "unhealthy") return "unhealthy";
  return node.ejection.state === "ejected" ? "ejected" : null;
}

const isPending = (node: EligibilityNode): boolean => node.health.state === "pending";
/** Neither the operator, the breaker, a probe nor real traffic speaks against it; it may rest. */
const isFit = (node: EligibilityNode): boolean => exclusion(node) === null && sickness(node) === null;
const isCooling = (node: EligibilityNode): boolean => node.cooling.state === "cooling";
const isUsable = (node: EligibilityNode): boolean => isFit(node) && !isCooling(node);

interface Choice {
  readonly mode: Mode;
  readonly usePrimaries: boolean;
  readonly useBackups: boolean;
  readonly useCooling?: boolean;
}
const NOBODY: Choice = { mode: "none", usePrimaries: false, useBackups: false };

function choose(pool: PoolSettings, nodes: readonly EligibilityNode[]): Choice {
  const primaries = nodes.filter((n) => !n.backup);
  const usable = primaries.filter(isUsable);
  const backupUsable = nodes.some((n) => n.backup && isUsable(n));
  // A half-open primary admits a few trials only, so backups stand by it until another primary is firmly usable.
  if (backupUsable && usable.every((n) => n.breaker.state === "half-open"))
    return { mode: "normal", usePrimaries: true, useBackups: true };
  const counted = primaries.filter((n) => n.admin.state === "ready" && n.weight > 0);
  const healthyRatio = counted.filter((n) => sickness(n) === null).length / Math.max(1, counted.length);
  if (usable.length > 0 && healthyRatio >= pool.panicThreshold)
    return { mode: "normal", usePrimaries: true, useBackups: false };
  return (usable.length === 0 ? whileAllCool(pool, nodes) : null) ?? panic(nodes);
}

/** All that are fit are resting: that is no reason to fall back on nodes that are not fit. Null: none is fit. */
function whileAllCool(pool: PoolSettings, nodes: readonly EligibilityNode[]): Choice | null {
  const fit = nodes.filter(isFit);
  if (fit.length === 0) return null;
  if (pool.cooling.whenAll === "refuse") return NOBODY;
  const usePrimaries = fit.some((n) => !n.backup);
  return { mode: "normal", usePrimaries, useBackups: !usePrimaries, useCooling: true };
}

function panic(nodes: readonly EligibilityNode[]): Choice {
  const usePrimaries = nodes.some((n) => !n.backup && exclusion(n) === null);
  const useBackups = !usePrimaries && nodes.some((n) => n.backup && exclusion(n) === null);
  return usePrimaries || useBackups ? { mode: "panic", usePrimaries, useBackups } : NOBODY;
}

function reasonOf(node: EligibilityNode, { mode, useCooling }: Choice, tierInUse: boolean): EligibilityReason {
  const excluded = exclusion(node);
  if (excluded) return excluded;
  const sick = sickness(node);
  if (sick) return mode === "panic" && tierInUse ? "usable-in-panic" : sick;
  if (isCooling(node)) return useCooling && tierInUse ? "usable-while-cooling" : "cooling";
  if (!tierInUse) return "standby";
  return node.backup ? "usable-as-backup" : "usable";
}

function nextChangeMs(pool: PoolSettings, nodes: readonly EligibilityNode[], nowMs: number): number | null {
  let next = Number.POSITIVE_INFINITY;
  for (const { ejection, breaker, cooling, warmUp } of nodes) {
    if (ejection.state === "ejected") next = Math.min(next, ejection.untilMs);
    if (breaker.state === "open") next = Math.min(next, breaker.untilMs);
    if (cooling.state === "cooling") next = Math.min(next, cooling.untilMs);
    next = Math.min(next, warmUpNextChangeMs(warmUp, nowMs, pool.warmUp) ?? next);
  }
  return Number.isFinite(next) ? Math.max(next, nowMs) : null;
}

/** So that 3 × 0.7 is 2.1, and nodes of one weight stay in one class of the round robin. */
const rounded = (weight: number): number => Math.round(weight * 1e6) / 1e6;
