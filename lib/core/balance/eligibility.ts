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
  const choice = choose(pool, holdsPending ? nodes.filter((node) => !isPending(node)) : nodes);
  const judged = nodes.map((node) => judge(node, holdsPending && isPending(node), choice, pool, nowMs, ownZone));
  const { tiers, tierOf } = decideTiers(judged, pool, choice.panics === "all");
  const weights = judged.map(({ effectiveWeight }, i) => ((tierOf[i] as number) < 0 ? 0 : effectiveWeight));
  const shares = dueShares(weights, tierOf, tiers);
  return {
    mode: choice.mode,
    nodes: nodes.map((node, i): NodeEligibility => {
      const share = shares[i] as number;
      const tier = tierOf[i] as number;
      const reason = reasonInTier(judged[i] as Judged, tiers[tier]);
      return { id: node.id, eligible: share > 0, reason, tier, effectiveWeight: weights[i] as number, share };
    }),
    tiers,
    nextChangeMs: nextChangeMs(pool, nodes, nowMs),
  };
}

/** What is found of a node before levels and zones are looked at. */
interface Judged extends TierNode {
  readonly reason: EligibilityReason;
  /** In its tier, if it comes to be in one. */
  readonly effectiveWeight: number;
}

/** @param isHeld whether it waits for its first check */
function judge(
  node: EligibilityNode,
  isHeld: boolean,
  choice: Choice,
  pool: PoolSettings,
  nowMs: number,
  ownZone: string,
): Judged {
  const reason = isHeld && exclusion(node) === null ? "pending" : reasonOf(node, choice);
  const warm = warmUpFactor(node.warmUp, nowMs, pool.warmUp);
  // Half-open ones, for their trials only.
  const isPrimaryBesideBackups = choice.useBackups && !node.backup;
  return {
    reason,
    effectiveWeight: rounded(node.weight * warm * adjustmentFactor(node.adjustment)),
    isSpare: !isInUse(node, choice),
    level: isPrimaryBesideBackups ? -1 : node.priority,
    isLocal: ownZone !== "" && node.zone === ownZone && !isInPanic(node, choice),
    weight: isMeant(node) && !isHeld && !isPrimaryBesideBackups ? node.weight : 0,
    // A dynamic weight compares nodes; it does not say that the slower half of them can take less.
    readyWeight:
      reason === "usable-in-panic" ? 0 : rounded(node.weight * warm * (node.adjustment.degrade?.factor ?? 1)),
    isMember: reason.startsWith("usable") || reason === "standby",
    isTrial: isOnTrial(node),
  };
}

function reasonInTier({ reason, isTrial }: Judged, tier: Tier | undefined): EligibilityReason {
  if (tier === undefined || tier.isSpare || !reason.startsWith("usable")) return reason;
  // Trials may have joined a later level's nodes: it is not because of those that they are used.
  if (tier.share > 0) return reason === "usable" && tier.isSpill && !isTrial ? "usable-by-spill" : reason;
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
