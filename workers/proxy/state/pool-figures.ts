import type { CountDetails, FlowCounts, MetricFrame } from "#lib/contracts/metrics.ts";
import { mergeDetails } from "#lib/core/counts.ts";
import type { PoolState } from "./pool-state.ts";

export interface PoolFigures {
  pool: MetricFrame["pools"][number];
  nodes: MetricFrame["nodes"];
  flows: FlowCounts[];
}

/** Figures of a pool and its nodes since the last call; gauges are those of now. */
export function takeFigures({ config, flows: all, line, allNodes, active }: PoolState): PoolFigures {
  const queued = line.size;
  const queues = line.takeFigures();
  const { counts, flows } = all.take();
  const connections = allNodes.map((node) => node.connections.counts.take());
  const details = mergeDetails([counts.details, ...connections]);
  return {
    pool: {
      poolId: config.id,
      ...counts,
      ...(details !== undefined && { details }),
      connections: allNodes.reduce((sum, node) => sum + node.connections.open, 0),
      inFlight: active - queued,
      queued,
      ...(queues.length > 0 && { queues }),
    },
    flows,
    nodes: allNodes.map((node, at) => ({
      nodeId: node.id,
      poolId: config.id,
      ...withDetails(node.counts.takeOfNode(), connections[at]),
      connections: node.connections.open,
      inFlight: node.inFlight,
      share: node.share,
      // What is shared control knows, and tells once.
      ...(node.adaptive !== null && !node.adaptive.isShared && { concurrencyLimit: node.adaptive.limit }),
      reason: node.reason === "usable" ? undefined : node.reason,
    })),
  };
}

function withDetails<T extends { details?: CountDetails | undefined }>(counts: T, more: CountDetails | undefined): T {
  return more === undefined ? counts : { ...counts, details: mergeDetails([counts.details, more]) };
}
