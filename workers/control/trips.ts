// How often nodes were ejected and their breakers opened, since it was last told. Control counts it, not the proxies: what
// one process finds its siblings take over, and it has happened once.
import type { CountDetails, MetricFrame } from "#lib/contracts/metrics.ts";
import { mergeDetails } from "#lib/core/counts.ts";
import type { PassiveChange } from "./passive.ts";

export class Trips {
  #counts = new Map<string, CountDetails>();

  note({ before, now }: PassiveChange): void {
    const isEjected = before.ejection.state !== "ejected" && now.ejection.state === "ejected";
    const hasOpened = before.breaker.state !== "open" && now.breaker.state === "open";
    if (!isEjected && !hasOpened) return;
    const more = { ...(isEjected && { ejections: 1 }), ...(hasOpened && { breakerOpenings: 1 }) };
    this.#counts.set(now.nodeId, mergeDetails([this.#counts.get(now.nodeId), more]) as CountDetails);
  }

  /** The frame with what was counted since the last call, at the nodes and their pools. */
  addTo(frame: MetricFrame): MetricFrame {
    const counts = this.#counts;
    if (counts.size === 0) return frame;
    this.#counts = new Map();
    const withMore = <T extends { details?: CountDetails | undefined }>(
      part: T,
      more: (CountDetails | undefined)[],
    ): T => {
      const details = mergeDetails([part.details, ...more]);
      return details === undefined ? part : { ...part, details };
    };
    return {
      ...frame,
      nodes: frame.nodes.map((node) => withMore(node, [counts.get(node.nodeId)])),
      pools: frame.pools.map((pool) =>
        withMore(
          pool,
          frame.nodes.filter(({ poolId }) => poolId === pool.poolId).map(({ nodeId }) => counts.get(nodeId)),
        ),
      ),
    };
  }
}
