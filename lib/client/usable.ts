// Which nodes of a pool take requests, as far as the dashboard needs to say.
import type { NodeStatus } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";

const USABLE: ReadonlySet<NodeStatus> = new Set([
  "up",
  "unchecked",
  "degraded",
  "warming-up",
  "going-down",
  "breaker-half-open",
]);

/** Takes new requests now; a weight of 0 means that it is given none. */
export const isUsable = (node: Pick<NodeView, "status" | "weight">): boolean =>
  USABLE.has(node.status) && node.weight > 0;
