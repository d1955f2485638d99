// Whom a pool turns to: primaries or backups, in order or in panic. Backups as nginx: only when no primary of any level is
// usable. Panic as Envoy: where too few are healthy, health and ejection are ignored rather than overload what is left.
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { EligibilityReason } from "#lib/contracts/runtime.ts";
import { exclusion, isCooling, isFit, isMeant, isOnTrial, isUsable, sickness } from "./fitness.ts";
import { capacityOf } from "./levels.ts";
import type { Eligibility, EligibilityNode } from "./types.ts";

type Settings = Pick<ConfigPool, "panicThreshold" | "cooling" | "overprovisioningFactor">;

export interface Choice {
  readonly mode: Eligibility["mode"];
  readonly usePrimaries: boolean;
  readonly useBackups: boolean;
  readonly useCooling?: boolean;
  /** Levels in which health and ejection are ignored. `all`: in every node that is used, and levels are ignored, too. */
  readonly panics: ReadonlySet<number> | "all";
}

const NO_LEVEL: ReadonlySet<number> = new Set();
const NOBODY: Choice = { mode: "none", usePrimaries: false, useBackups: false, panics: NO_LEVEL };

export const isInUse = ({ backup }: EligibilityNode, { usePrimaries, useBackups }: Choice): boolean =>
  backup ? useBackups : usePrimaries;
export const isInPanic = (node: EligibilityNode, choice: Choice): boolean =>
  isInUse(node, choice) && (choice.panics === "all" || (!node.backup && choice.panics.has(node.priority)));

/** @param nodes those that are not waiting for their first check */
export function choose(pool: Settings, nodes: readonly EligibilityNode[]): Choice {
  const primaries = nodes.filter((n) => !n.backup);
  const usable = primaries.filter(isUsable);
  const backupUsable = nodes.some((n) => n.backup && isUsable(n));
  // A half-open primary admits a few trials only, so backups stand by it until another primary is firmly usable.
  if (backupUsable && usable.every(isOnTrial))
    return { mode: "normal", usePrimaries: true, useBackups: true, panics: NO_LEVEL };
  if (usable.length > 0) {
    const panics = panickingLevels(pool, primaries);
    return { mode: panics.size > 0 ? "panic" : "normal", usePrimaries: true, useBackups: false, panics };
  }
  return whileAllCool(pool, nodes) ?? panic(nodes);
}

/**
 * Levels with too few healthy nodes. With several levels, only those that can take load, and only when all together cannot
 * take the whole: else what they cannot take is taken by others.
 */
function panickingLevels(pool: Settings, primaries: readonly EligibilityNode[]): ReadonlySet<number> {
  if (pool.panicThreshold === 0) return NO_LEVEL;
  const levels = [...Map.groupBy(primaries.filter(isMeant), (node) => node.priority)];
  const isTooFew = (nodes: EligibilityNode[]) => healthyRatio(nodes) < pool.panicThreshold;
  if (levels.length > 1) {
    const capacities = levels.map(([, nodes]) => firmCapacity(nodes, pool.overprovisioningFactor));
    if (capacities.reduce((sum, capacity) => sum + capacity, 0) >= 1) return NO_LEVEL;
    return new Set(levels.filter(([, nodes], i) => capacities[i] && isTooFew(nodes)).map(([level]) => level));
  }
  return new Set(levels.filter(([, nodes]) => isTooFew(nodes)).map(([level]) => level));
}

const healthyRatio = (nodes: readonly EligibilityNode[]): number =>
  nodes.filter((n) => sickness(n) === null).length / Math.max(1, nodes.length);

const firmCapacity = (nodes: readonly EligibilityNode[], factor: number): number =>
  capacityOf(weightOf(nodes.filter((n) => isUsable(n) && !isOnTrial(n))), weightOf(nodes), factor);

const weightOf = (nodes: readonly EligibilityNode[]): number => nodes.reduce((sum, { weight }) => sum + weight, 0);

/** All that are fit are resting: that is no reason to fall back on nodes that are not fit. Null: none is fit. */
function whileAllCool(pool: Settings, nodes: readonly EligibilityNode[]): Choice | null {
  const fit = nodes.filter(isFit);
  if (fit.length === 0) return null;
  if (pool.cooling.whenAll === "refuse") return NOBODY;
  const usePrimaries = fit.some((n) => !n.backup);
  return { mode: "normal", usePrimaries, useBackups: !usePrimaries, useCooling: true, panics: NO_LEVEL };
}

function panic(nodes: readonly EligibilityNode[]): Choice {
  const usePrimaries = nodes.some((n) => !n.backup && exclusion(n) === null);
  const useBackups = !usePrimaries && nodes.some((n) => n.backup && exclusion(n) === null);
  return usePrimaries || useBackups ? { mode: "panic", usePrimaries, useBackups, panics: "all" } : NOBODY;
}

/** Why a node may be asked, or not, before levels and zones are looked at. */
export function reasonOf(node: EligibilityNode, choice: Choice): EligibilityReason {
  const excluded = exclusion(node);
  if (excluded) return excluded;
  const sick = sickness(node);
  if (sick) return isInPanic(node, choice) ? "usable-in-panic" : sick;
  const inUse = isInUse(node, choice);
  if (isCooling(node)) return choice.useCooling && inUse ? "usable-while-cooling" : "cooling";
  if (!inUse) return "standby";
  return node.backup ? "usable-as-backup" : "usable";
}
