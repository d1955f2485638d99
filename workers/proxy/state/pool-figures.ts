import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { PoolState } from "./pool-state.ts";

export interface PoolFigures {
  pool: MetricFrame["pools"][number];
  nodes: MetricFrame["nodes"];
}

/** Figures of a pool and its nodes since the last call; gauges are those of now. */
export function takeFigures({ config, counts, line, allNodes, active }: PoolState): PoolFigures {
  const queued = line.size;
  const queues = line.takeFigures();
  return {
    pool: {
      poolId: config.id,
      ...counts.take(),
      inFlight: active - queued,
      queued,
      ...(queues.length > 0 && { queues }),
    },
    nodes: allNodes.map((node) => ({
      nodeId: node.id,
      poolId: config.id,
      ...node.counts.takeOfNode(),
      inFlight: node.inFlight,
      share: node.share,
      // What is shared control knows, and tells once.
      ...(node.adaptive !== null && !node.adaptive.isShared && { concurrencyLimit: node.adaptive.limit }),
      reason: node.reason === "usable" ? undefined : node.reason,
    })),
  };
}
