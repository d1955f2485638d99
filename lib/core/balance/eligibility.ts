// Which nodes of a pool take part, with which weight, and why the others do not. Decided on changes of state, never per
// request. The operator's will and an open breaker hold even in panic; a node that rests is left alone as long as another is
// usable. A pending node waits for its first passed check as long as anybody else, backups included, can serve (NGINX Plus
// `mandatory`).
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { EligibilityReason } from "#lib/contracts/runtime.ts";
import { warmUpFactor, warmUpNextChangeMs } from "../warm-up.ts";
import { adjustmentFactor } from "../weights/adjustment.ts";
import { type Choice, choose, isInPanic, isInUse, reasonOf } from "./choice.ts";
import { exclusion, isMeant, isOnTrial, isPending, isUsable } from "./fitness.ts";
import { dueShares } from "./share.ts";
import { decideTiers, type Tier, type TierNode } from "./tiers.ts";
import type { Eligibility, EligibilityNode, NodeEligibility } from "./types.ts";

type PoolSettings = Pick<
  ConfigPool,
  "panicThreshold" | "warmUp" | "cooling" | "overprovisioningFactor" | "zonePreference"
>;

/**
 * Time does not change facts here: the caller first lets breakers and ejections that are due advance, then asks, and asks
 * again at `nextChangeMs` and after every change of a fact. Health `unknown` is usable, and so is `pending` when nobody
 * else is: a pool of which every node is new serves at once.
 * @param ownZone where the asking worker stands; empty: it does not say, and prefers no zone
 */
export function decideEligibility(
  pool: PoolSettings,
  nodes: readonly EligibilityNode[],
  nowMs: number,
  ownZone = "",
): Eligibility {
  const holdsPending = nodes.some((node) => !isPending(node) && isUsable(node) && !isOnTrial(node));
  const isHeld = (node: EligibilityNode) => holdsPending && isPending(node);
  const choice = choose(pool, holdsPending ? nodes.filter((node) => !isPending(node)) : nodes);
  const judged = nodes.map((node): Judged => {
    const reason = isHeld(node) && exclusion(node) === null ? "pending" : reasonOf(node, choice);
    const warm = warmUpFactor(node.warmUp, nowMs, pool.warmUp);
    const weight = rounded(node.weight * warm * adjustmentFactor(node.adjustment));
    return { node, reason, weight, isCounted: isMeant(node) && !isHeld(node) };
  });
  const { tiers, tierOf } = decideTiers(
    judged.map((one) => tierNode(one, choice, ownZone)),
    pool,
    choice.panics === "all",
  );
  const weights = judged.map(({ weight }, i) => ((tierOf[i] as number) < 0 ? 0 : weight));
  const shares = dueShares(weights, tierOf, tiers);
  return {
    mode: choice.mode,
    nodes: judged.map(({ node, reason }, i): NodeEligibility => {
      const share = shares[i] as number;
      const tier = tierOf[i] as number;
      const told = reasonInTier(node, reason, tiers[tier]);
      return { id: node.id, eligible: share > 0, reason: told, tier, effectiveWeight: weights[i] as number, share };
    }),
    tiers,
    nextChangeMs: nextChangeMs(pool, nodes, nowMs),
  };
}

/** A node with what was found of it before levels and zones are looked at. */
interface Judged {
  readonly node: EligibilityNode;
  readonly reason: EligibilityReason;
  /** With its warm-up. */
  readonly weight: number;
  /** Whether its level is larger by it. */
  readonly isCounted: boolean;
}

function tierNode({ node, reason, weight, isCounted }: Judged, choice: Choice, ownZone: string): TierNode {
  const isPrimaryBesideBackups = choice.useBackups && !node.backup;
  const isPanicking = isInPanic(node, choice);
  return {
    isSpare: !isInUse(node, choice),
    level: isPrimaryBesideBackups ? -1 : node.priority,
    isLocal: ownZone !== "" && node.zone === ownZone && !isPanicking,
    weight: isCounted && !isPrimaryBesideBackups ? node.weight : 0,
    readyWeight: reason === "usable-in-panic" ? 0 : weight,
    isMember: reason.startsWith("usable") || reason === "standby",
    isTrial: isOnTrial(node),
  };
}

function reasonInTier(node: EligibilityNode, reason: EligibilityReason, tier: Tier | undefined): EligibilityReason {
  if (tier === undefined || tier.isSpare || !reason.startsWith("usable")) return reason;
  // Trials may have joined a later level's nodes: it is not because of those that they are used.
  if (tier.share > 0) return reason === "usable" && tier.isSpill && !isOnTrial(node) ? "usable-by-spill" : reason;
  if (reason === "usable-while-cooling") return "cooling";
  return tier.isOtherZone ? "standby-zone" : "standby-level";
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
