// The nodes of a pool as they are at this moment, with the terms that a choice among them goes by.
import type { CandidateReason, RequestCandidate, RequestPick } from "#lib/contracts/requests.ts";
import { scoreOf } from "#lib/core/balance/score.ts";
import { warmUpFactor } from "#lib/core/warm-up.ts";
import { adjustmentFactor } from "#lib/core/weights/adjustment.ts";
import { clockMs } from "../clock.ts";
import type { NodeState } from "../state/node-state.ts";
import type { PoolState } from "../state/pool-state.ts";

/** More help nobody; the others are counted. */
const MAX_LISTED = 24;
/** Pools of thousands of nodes are not looked through to their end. */
const MAX_LOOKED_AT = 256;
/** A storm of failures in one pool looks at its nodes once in so long. */
export const SEEN_FOR_MS = 50;

export interface Seen {
  readonly clockMs: number;
  readonly mode: RequestPick["mode"];
  readonly candidates: RequestCandidate[];
  readonly more: number;
}

const lastSeen = new WeakMap<PoolState, Seen>();

/** As they are now. */
export function see(pool: PoolState, nowMs: number): Seen {
  const looked = pool.nodes.slice(0, MAX_LOOKED_AT).map((node) => candidateOf(pool, node, nowMs));
  const listed =
    looked.length <= MAX_LISTED
      ? looked
      : // Those that could have been chosen first; the sort keeps the order of the configuration among equals.
        looked.toSorted((a, b) => Number(b.usable) - Number(a.usable)).slice(0, MAX_LISTED);
  const seen: Seen = {
    clockMs: clockMs(),
    mode: pool.mode,
    candidates: listed,
    more: pool.nodes.length - listed.length,
  };
  lastSeen.set(pool, seen);
  return seen;
}

/** As they are now, or were a moment ago. */
export function seeLately(pool: PoolState, nowMs: number): Seen {
  const seen = lastSeen.get(pool);
  return seen !== undefined && clockMs() - seen.clockMs < SEEN_FOR_MS ? seen : see(pool, nowMs);
}

function candidateOf(pool: PoolState, node: NodeState, nowMs: number): RequestCandidate {
  const { config } = pool;
  const reason = reasonNow(node);
  const { latencyMs, score } = scoreOf(config.algorithm, node, nowMs);
  return {
    nodeId: node.id,
    reason,
    usable: node.share > 0 && reason.startsWith("usable"),
    weight: node.weight,
    warmUp: rounded(warmUpFactor(node.warmUp, nowMs, config.warmUp)),
    adjustment: rounded(adjustmentFactor(node.adjustment)),
    effectiveWeight: node.effectiveWeight,
    share: rounded(node.share),
    inFlight: node.inFlight,
    latencyMs: latencyMs === null ? null : rounded(latencyMs),
    score: score === null ? null : rounded(score),
  };
}

/** Why it takes part or not; and of one that does, why it would be passed over at this moment. */
function reasonNow(node: NodeState): CandidateReason {
  if (node.share === 0) return node.reason;
  const { spent } = node;
  if (spent !== null) return spent.reason;
  if (node.isFull) return "over-limit";
  if (!node.breakerGate.admits()) return node.breaker.state === "half-open" ? "no-trial-left" : "breaker-open";
  if (node.suspicion.isSuspect) return "suspect";
  return node.reason;
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
