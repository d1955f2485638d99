// A pool's nodes in tiers: those between which nothing but weight decides. Levels of priority make tiers, and within a level
// the worker's own zone, where that is preferred. A tier has a share of the load, which may be nothing: then it is in
// reserve, for requests that all others have failed. Most pools have one tier.
import type { ConfigPool } from "#lib/contracts/config.ts";
import { capacityOf, loadsOf } from "./levels.ts";

export interface TierNode {
  /** Its pool's backup, while primaries serve: in reserve whatever the levels say. */
  readonly isSpare: boolean;
  readonly level: number;
  readonly isLocal: boolean;
  /** What it counts in its level and zone; 0: not at all (taken out by an operator, or not checked yet). */
  readonly weight: number;
  /** Part of the weight that can be given load: less than all of it in a warm-up or degraded, 0 when unusable. */
  readonly readyWeight: number;
  /** Whether it may be asked at all. */
  readonly isMember: boolean;
  /** Its breaker is half-open: a few trials are no capacity, but must be had somewhere, or it never closes. */
  readonly isTrial: boolean;
}

export interface Tier {
  /** The same tier has the same key in the next decision. */
  readonly key: string;
  /** Of the pool's load, 0–1; all tiers' add up to 1. 0: in reserve. */
  readonly share: number;
  readonly isSpare: boolean;
  /** Nodes that are preferred exist, or the level has nodes of the own zone: what it gets has spilled over. */
  readonly isSpill: boolean;
  /** The other zones of a level whose own zone is preferred. */
  readonly isOtherZone: boolean;
}

/** `tiers`: those with load first, each part in the order of preference. `tierOf`: for each node, -1 for none. */
export interface Tiers {
  readonly tiers: readonly Tier[];
  readonly tierOf: readonly number[];
}

type Settings = Pick<ConfigPool, "overprovisioningFactor" | "zonePreference">;

/** Nodes of one level that are preferred alike. */
interface Rung extends Tier {
  readonly nodes: number[];
}

/** @param isFlat levels and zones do not count: in a panic of the whole pool */
export function decideTiers(nodes: readonly TierNode[], settings: Settings, isFlat: boolean): Tiers {
  // While all that is left are trials, they are no capacity of any level, and each must be had.
  const flat = isFlat || !nodes.some((node) => !node.isSpare && isFirm(node));
  const rungs = [...rungsOf(nodes, false, flat, settings), ...rungsOf(nodes, true, false, settings)];
  const strays: number[] = [];
  const serving: Rung[] = [];
  const reserve: Rung[] = [];
  for (const rung of rungs) {
    const members = rung.nodes.filter((i) => nodes[i]?.isMember);
    if (members.length === 0) continue;
    if (rung.share > 0) serving.push({ ...rung, nodes: members });
    else if (rung.isSpare || members.some((i) => isFirm(nodes[i]))) reserve.push({ ...rung, nodes: members });
    else strays.push(...members);
  }
  const ranked = [...serving, ...reserve];
  const tierOf = nodes.map(() => -1);
  for (const [at, rung] of ranked.entries()) for (const i of rung.nodes) tierOf[i] = at;
  // A level that can take nothing but trials would get none, and never come back: they join those that serve.
  for (const i of strays) tierOf[i] = 0;
  return { tiers: ranked.map(({ nodes: _, ...tier }) => tier), tierOf };
}

const isFirm = (node: TierNode | undefined): boolean =>
  node?.isMember === true && !node.isTrial && node.readyWeight > 0;

/** In order of preference. */
function rungsOf(nodes: readonly TierNode[], isSpare: boolean, isFlat: boolean, settings: Settings): Rung[] {
  const levels = new Map<number, number[]>();
  for (const [i, node] of nodes.entries()) {
    if (node.isSpare !== isSpare || (node.weight === 0 && !node.isMember)) continue;
    const level = isFlat ? 0 : node.level;
    const own = levels.get(level);
    if (own) own.push(i);
    else levels.set(level, [i]);
  }
  const inOrder = [...levels].sort(([a], [b]) => a - b);
  const factor = settings.overprovisioningFactor;
  const loads = isSpare ? [] : isFlat ? [1] : loadsOf(inOrder.map(([, own]) => capacity(nodes, own, factor)));
  return inOrder.flatMap(([level, own], at) => {
    const key = `${isSpare ? "backup" : "level"} ${level}`;
    const whole = { key, share: loads[at] ?? 0, isSpare, isSpill: at > 0, isOtherZone: false, nodes: own };
    return isFlat ? [whole] : byZone(nodes, whole, settings);
  });
}

function byZone(nodes: readonly TierNode[], level: Rung, settings: Settings): Rung[] {
  const { overprovisioningFactor, zonePreference } = settings;
  if (!zonePreference.enabled) return [level];
  const local = level.nodes.filter((i) => nodes[i]?.isLocal);
  const other = level.nodes.filter((i) => !nodes[i]?.isLocal);
  const isPreferred = local.filter((i) => isFirm(nodes[i])).length >= zonePreference.minLocalNodes;
  if (!isPreferred || other.length === 0) return [level];
  const hasOther = other.some((i) => isFirm(nodes[i]));
  const localPart = hasOther ? capacity(nodes, local, overprovisioningFactor) : 1;
  return [
    { ...level, key: `${level.key} own zone`, share: level.share * localPart, nodes: local },
    {
      ...level,
      key: `${level.key} other zones`,
      share: level.share * (1 - localPart),
      isSpill: true,
      isOtherZone: true,
      nodes: other,
    },
  ];
}

function capacity(nodes: readonly TierNode[], own: readonly number[], factor: number): number {
  let ready = 0;
  let weight = 0;
  for (const i of own) {
    const node = nodes[i] as TierNode;
    weight += node.weight;
    if (isFirm(node)) ready += node.readyWeight;
  }
  return capacityOf(ready, weight, factor);
}
