// Whose request took a node out: of the one whose outcome opened its breaker, or ejected it, route and class are known.
import type { Trip } from "#lib/contracts/bus.ts";
import type { BreakerFlip } from "#lib/core/breaker.ts";
import type { EjectionFlip } from "#lib/core/ejection.ts";
import type { Flow } from "./flows.ts";
import type { NodeState } from "./node-state.ts";

/** An attempt, as far as settling it needs it. */
export interface Settled {
  readonly node: NodeState;
  /** Of the breaker. */
  readonly permit: number;
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly flow: Flow;
}

/** What an attempt set off; of the flips that it brought about. */
export function tripsOf(
  { node, flow }: Pick<Settled, "node" | "flow">,
  breaker: BreakerFlip | null,
  ejection: EjectionFlip | null,
): Trip[] {
  const whose = {
    ...{ nodeId: node.id, poolId: node.pool.config.id, routeId: flow.routeId },
    ...(flow.requestClass !== undefined && { class: flow.requestClass }),
  };
  return [
    ...(breaker?.to === "open" ? [{ fact: "breaker" as const, ...whose }] : []),
    ...(ejection?.to === "ejected" ? [{ fact: "ejection" as const, ...whose }] : []),
  ];
}
