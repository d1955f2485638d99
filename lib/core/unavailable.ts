// Why no node of a pool takes a request, for the client that is refused: the cause that is the first to pass, and when it
// is worth asking again.
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { BreakerState, CoolingState, EligibilityReason } from "#lib/contracts/runtime.ts";
import type { Spent } from "./balance/types.ts";

export interface UnavailableNode {
  readonly reason: EligibilityReason;
  readonly breaker: BreakerState;
  readonly cooling: CoolingState;
  readonly spent?: Spent | null;
}
export interface Unavailable {
  readonly code: ProxyProblemCode;
  readonly detail: string;
  /** Whole, at least 1. */
  readonly retryAfterSeconds: number;
}

const CAUSES = {
  cooling: ["nodes-cooling", "all usable nodes of the pool asked to be left alone for a while"],
  "breaker-open": ["breakers-open", "the breakers of the pool's nodes are open"],
  "rate-limited": ["nodes-rate-limited", "the pool's nodes were sent as many requests as they may get in this time"],
  "quota-spent": ["quotas-spent", "the quotas of the pool's nodes are spent"],
  out: ["nodes-out", "all nodes of the pool are drained, in maintenance or of weight 0"],
  other: ["no-usable-node", "no node of the pool takes requests now"],
} as const satisfies Record<string, readonly [ProxyProblemCode, string]>;

function causeOf({ reason, breaker, spent }: UnavailableNode): keyof typeof CAUSES {
  // Such a node is usable, but for a few trials at once only, and those are under way.
  if (reason.startsWith("usable") && breaker.state === "half-open") return "breaker-open";
  if (spent && (reason === spent.reason || reason.startsWith("usable"))) return spent.reason;
  if (reason === "drain" || reason === "maintenance" || reason === "weight-zero") return "out";
  return reason === "cooling" || reason === "breaker-open" ? reason : "other";
}

/** When this node may take requests again, as far as is known. */
function backMs({ reason, breaker, cooling, spent }: UnavailableNode): number {
  if (spent && (reason === spent.reason || reason.startsWith("usable"))) return spent.untilMs;
  if (reason === "cooling" && cooling.state === "cooling") return cooling.untilMs;
  return reason === "breaker-open" && breaker.state === "open" ? breaker.untilMs : Number.POSITIVE_INFINITY;
}

/** A cause whose end is known goes before one whose end is not, and the operator's will comes last. */
export function whyUnavailable(nodes: readonly UnavailableNode[], nowMs: number): Unavailable {
  const causes = new Set(nodes.map(causeOf));
  const cause =
    (["cooling", "breaker-open", "rate-limited", "quota-spent", "other", "out"] as const).find((each) =>
      causes.has(each),
    ) ?? "other";
  const inMs = Math.min(...nodes.map(backMs)) - nowMs;
  const retryAfterSeconds = Number.isFinite(inMs) ? Math.max(1, Math.ceil(inMs / 1_000)) : 1;
  const [code, detail] = nodes.length === 0 ? (["no-usable-node", "the pool has no nodes"] as const) : CAUSES[cause];
  return { code, detail, retryAfterSeconds };
}
