// Which nodes of a pool take requests, and what its capacity is, as far as the dashboard needs to say.
import type { NodeStatus } from "#lib/contracts/runtime.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";

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

export type Capacity = {
  usable: number;
  total: number;
  /** Usable nodes once this one is gone. */
  usableAfter: number;
  /** Part of the usable weight that is left once this one is gone, 0–1; null when there is none now. */
  leftRatio: number | null;
};

/** What taking `nodeId` out of the pool does. Backups count when no other node is usable: then they serve. */
export function capacityWithout(pool: Pick<PoolView, "nodes">, nodeId: string): Capacity {
  const usable = pool.nodes.filter(isUsable);
  const after = usable.filter((node) => node.id !== nodeId);
  const serving = (nodes: NodeView[]) => {
    const primary = nodes.filter((node) => !node.backup);
    return (primary.length > 0 ? primary : nodes).reduce((sum, node) => sum + node.weight, 0);
  };
  const now = serving(usable);
  return {
    usable: usable.length,
    total: pool.nodes.length,
    usableAfter: after.length,
    leftRatio: now > 0 ? serving(after) / now : null,
  };
}
