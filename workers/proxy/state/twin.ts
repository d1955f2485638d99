// A pool as a canary's clients get it, beside the one that everybody gets: how the two are joined and parted.
import { NodeState } from "./node-state.ts";
import type { PoolState } from "./pool-state.ts";

/** @returns the nodes of `twin`, each over the state of the same server in `base`; one that `base` lacks is left out */
export function joinTwin(twin: PoolState, base: PoolState, nowMs: number): NodeState[] {
  const own = new Map(base.allNodes.map((node) => [node.id, node]));
  const nodes = twin.config.nodes.flatMap((nodeConfig) => {
    const node = own.get(nodeConfig.id);
    return node === undefined ? [] : [new NodeState(nodeConfig, twin, nowMs, false, node)];
  });
  for (const node of nodes) if (node.base !== null) node.base.twin = node;
  base.twin = twin;
  return nodes;
}

/** The canary is over. What its clients have in flight goes on, and is still counted at the nodes. */
export function partTwin(base: PoolState): void {
  base.twin = null;
  base.tally = null;
  for (const node of base.allNodes) node.twin = null;
}
