// How often nodes were ejected and their breakers opened, since it was last told. Control counts it, not the proxies: what
// one process finds its siblings take over, and it has happened once. Where a request's outcome did it, it counts for that
// request's route and class as well; what an operator, or a comparison of nodes, did was no request's doing.
import type { Trip } from "#lib/contracts/bus.ts";
import type { CountDetails, FlowCounts, MetricFrame } from "#lib/contracts/metrics.ts";
import { emptyCounts, mergeDetails } from "#lib/core/counts.ts";
import type { PassiveChange } from "./passive.ts";

type Whose = Pick<FlowCounts, "poolId" | "routeId" | "class">;
type OfFlow = { whose: Whose; details: CountDetails };
const keyOf = ({ poolId, routeId, class: name }: Whose): string => `${poolId} ${routeId} ${name}`;

export class Trips {
  #nodes = new Map<string, CountDetails>();
  #flows = new Map<string, OfFlow>();

  /** @param trips what requests set off, among it what of this change they did */
  note({ before, now }: PassiveChange, trips: readonly Trip[]): void {
    const isEjected = before.ejection.state !== "ejected" && now.ejection.state === "ejected";
    const hasOpened = before.breaker.state !== "open" && now.breaker.state === "open";
    const by = (fact: Trip["fact"]) => trips.find((trip) => trip.nodeId === now.nodeId && trip.fact === fact);
    if (isEjected) this.#count(now.nodeId, { ejections: 1 }, by("ejection"));
    if (hasOpened) this.#count(now.nodeId, { breakerOpenings: 1 }, by("breaker"));
  }

  #count(nodeId: string, more: CountDetails, by: Trip | undefined): void {
    this.#nodes.set(nodeId, mergeDetails([this.#nodes.get(nodeId), more]) ?? {});
    if (by === undefined) return;
    const { nodeId: _, fact: _fact, ...whose } = by;
    const key = keyOf(whose);
    this.#flows.set(key, { whose, details: mergeDetails([this.#flows.get(key)?.details, more]) ?? {} });
  }

  /** The frame with what was counted since the last call, at the nodes, their pools, and who set it off. */
  addTo(frame: MetricFrame): MetricFrame {
    const [nodes, flows] = [this.#nodes, this.#flows];
    if (nodes.size === 0) return frame;
    [this.#nodes, this.#flows] = [new Map(), new Map()];
    return {
      ...frame,
      nodes: frame.nodes.map((node) => withMore(node, [nodes.get(node.nodeId)])),
      pools: frame.pools.map((pool) =>
        withMore(
          pool,
          frame.nodes.filter(({ poolId }) => poolId === pool.poolId).map(({ nodeId }) => nodes.get(nodeId)),
        ),
      ),
      ...(flows.size > 0 && { flows: withTrips(frame.flows ?? [], flows) }),
    };
  }
}

function withMore<T extends { details?: CountDetails | undefined }>(part: T, more: (CountDetails | undefined)[]): T {
  const details = mergeDetails([part.details, ...more]);
  return details === undefined ? part : { ...part, details };
}

/** Flows in which nothing else happened in this second are added. */
function withTrips(told: readonly FlowCounts[], trips: ReadonlyMap<string, OfFlow>): FlowCounts[] {
  const known = new Set(told.map(keyOf));
  return [
    ...told.map((flow) => withMore(flow, [trips.get(keyOf(flow))?.details])),
    ...[...trips].flatMap(([key, { whose, details }]) =>
      known.has(key) ? [] : [{ ...whose, ...emptyCounts(), details, inFlight: 0 }],
    ),
  ];
}
