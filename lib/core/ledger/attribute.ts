// Where a shift of shares came from. A node whose own facts changed answers for its own shift; a node that only got or lost
// what another gave up names that other one. Of several changes the first in the order below counts: it holds whatever the
// later ones say (an operator's will before health, health before weights).
import type { LedgerCause } from "#lib/contracts/ledger.ts";
import type { EligibilityReason } from "#lib/contracts/runtime.ts";

/** What a node's share goes by, as it was at one moment. */
export interface LedgerFacts {
  readonly admin: string;
  /** Who set it. */
  readonly by: string;
  readonly health: string;
  readonly healthReason: string;
  readonly ejection: string;
  readonly ejectionCause: string;
  readonly breaker: string;
  readonly breakerCause: string;
  readonly cooling: string;
  readonly coolingCause: string;
  /** Factors of the weight. */
  readonly warmUp: number;
  readonly warmUpCause: string;
  readonly adjustment: number;
  /** Everything of the configuration that shares go by. */
  readonly settings: string;
  readonly reason: EligibilityReason;
}

export interface LedgerSide {
  readonly share: number;
  /** Null: it was not there. */
  readonly facts: LedgerFacts | null;
}
export interface LedgerMove {
  readonly nodeId: string;
  readonly before: LedgerSide;
  readonly now: LedgerSide;
}
export interface Attribution {
  readonly cause: LedgerCause;
  readonly detail: string;
  readonly byNodeId: string | null;
}

/** Below this nothing has moved: it is rounding. */
export const LEAST_MOVE = 0.005;

/** @param isCanaryNews a canary began or ended meanwhile */
export function attribute(move: LedgerMove, all: readonly LedgerMove[], isCanaryNews = false): Attribution {
  const own = ownCause(move);
  if (own !== null) return { ...own, byNodeId: null };
  const direction = Math.sign(move.now.share - move.before.share);
  const others = all
    .filter(({ nodeId }) => nodeId !== move.nodeId)
    .map((other) => ({ other, cause: ownCause(other), moved: other.now.share - other.before.share }))
    .filter(({ cause, moved }) => cause !== null && Math.sign(moved) === -direction)
    .toSorted((a, b) => Math.abs(b.moved) - Math.abs(a.moved));
  const [culprit] = others;
  if (culprit?.cause) return { ...culprit.cause, byNodeId: culprit.other.nodeId };
  // One that could take load and takes none of it now, or the other way round, moves others without moving itself.
  const silent = all.find((other) => other.nodeId !== move.nodeId && ownCause(other) !== null);
  if (silent) return { ...(ownCause(silent) as Own), byNodeId: silent.nodeId };
  if (isCanaryNews) return { cause: "canary", detail: "", byNodeId: null };
  const { before, now } = move;
  if (before.facts?.reason !== now.facts?.reason)
    return { cause: "spill", detail: now.facts?.reason ?? "", byNodeId: null };
  return { cause: "unknown", detail: "", byNodeId: null };
}

type Own = Pick<Attribution, "cause" | "detail">;

/** What of the node itself changed; null: nothing. */
export function ownCause({ before, now }: LedgerMove): Own | null {
  const was = before.facts;
  const is = now.facts;
  if (was === null || is === null)
    return was === is ? null : { cause: "publish", detail: is === null ? "removed" : "added" };
  if (was.admin !== is.admin) return { cause: "person", detail: is.by === "" ? is.admin : `${is.admin} by ${is.by}` };
  if (was.settings !== is.settings) return { cause: "publish", detail: "" };
  if (was.health !== is.health) return { cause: "probe", detail: is.healthReason };
  if (was.breaker !== is.breaker) return { cause: "breaker", detail: is.breakerCause };
  if (was.ejection !== is.ejection) return { cause: "ejection", detail: is.ejectionCause };
  if (was.cooling !== is.cooling) return { cause: "cooling", detail: is.coolingCause };
  const spent = spentCause(was.reason, is.reason);
  if (spent !== null) return { cause: spent, detail: is.reason };
  if (was.warmUp !== is.warmUp) return { cause: "ramp", detail: is.warmUpCause || was.warmUpCause };
  if (was.adjustment !== is.adjustment)
    return { cause: "weights", detail: `at-${Math.round(is.adjustment * 100)}-percent` };
  return null;
}

function spentCause(was: string, is: string): "quota" | "limit" | null {
  if (was === is) return null;
  if (was === "quota-spent" || is === "quota-spent") return "quota";
  return was === "rate-limited" || is === "rate-limited" ? "limit" : null;
}
