// Roll-ups: one-second frames become spans of 10 s, and so on by 1 min, 5 min and 1 h up to a day. Counts and histograms are summed, gauges
// keep their highest value. A span is known by its start, aligned to its length; a frame, as it is sent, by its end.
import {
  type CountDetails,
  type Counts,
  type FlowCounts,
  METRIC_RESOLUTIONS,
  type MetricFrame,
  type MetricResolution,
  type MetricScope,
  type QueueFigures,
} from "#lib/contracts/metrics.ts";
import { emptyCounts, mergeAllCounts, mergeDetails } from "./counts.ts";
import { groupBy } from "./group-by.ts";

/** How long each resolution is kept, unless RetentionSettings say otherwise. */
export const METRIC_RETENTION_MS = {
  "1s": 10 * 60_000,
  "10s": 6 * 3_600_000,
  "1m": 7 * 86_400_000,
  "5m": 7 * 86_400_000,
  "1h": 396 * 86_400_000,
  "1d": 396 * 86_400_000,
} as const satisfies Record<MetricResolution, number>;

/** Target of the scope `all`, which is none. */
export const EVERYTHING = "00000000-0000-0000-0000-000000000000";

/** What one pool, node, route or class, or all pools together, did in one span, on one worker. */
export interface RollUp {
  scope: MetricScope;
  /** Of a class: its pool's. */
  targetId: string;
  /** Of a class; empty otherwise. */
  name: string;
  poolId: string;
  /** Start of the span. */
  atMs: number;
  counts: Counts;
  inFlightMax: number;
  /** Always 0 for a node: requests wait for a pool. */
  queuedMax: number;
  /** Open connections to nodes; null: not counted, or not of this scope. */
  connectionsMax: number | null;
}

/** Start of the span of `spanMs` that an instant falls into. */
export const spanStartMs = (atMs: number, spanMs: number): number => Math.floor(atMs / spanMs) * spanMs;

/** One worker's frames as spans of the resolution: one for each pool and node in each span that has a frame. */
export function rollUpFrames(frames: readonly MetricFrame[], resolution: MetricResolution): RollUp[] {
  return rollUp(frames.flatMap(partsOf), resolution);
}

/** Finer roll-ups of one worker as spans of a coarser resolution. */
export function rollUp(parts: readonly RollUp[], resolution: MetricResolution): RollUp[] {
  const spanMs = METRIC_RESOLUTIONS[resolution];
  const spans = groupBy(
    parts,
    (part) => `${part.scope} ${part.targetId} ${spanStartMs(part.atMs, spanMs)} ${part.name}`,
  );
  return spans.map((group) => {
    const { scope, targetId, name, poolId, atMs } = group.at(-1) as RollUp;
    return {
      scope,
      targetId,
      name,
      poolId,
      atMs: spanStartMs(atMs, spanMs),
      counts: mergeAllCounts(group.map((part) => part.counts)),
      inFlightMax: Math.max(...group.map((part) => part.inFlightMax)),
      queuedMax: Math.max(...group.map((part) => part.queuedMax)),
      connectionsMax: group.reduce<number | null>(
        (most, { connectionsMax: n }) => (n === null ? most : Math.max(n, most ?? 0)),
        null,
      ),
    };
  });
}

type Part = Omit<RollUp, "atMs">;

function partsOf(frame: MetricFrame): RollUp[] {
  const atMs = frame.atMs - METRIC_RESOLUTIONS["1s"];
  const pools = frame.pools.map(
    ({ poolId, inFlight, queued, queues, connections, ...counts }): Part => ({
      ...{ scope: "pool", targetId: poolId, name: "", poolId, counts: withWaits(counts, queues) },
      ...{ inFlightMax: inFlight, queuedMax: queued, connectionsMax: connections ?? null },
    }),
  );
  const nodes = frame.nodes.map(
    ({
      nodeId,
      poolId,
      inFlight,
      connections,
      share: _,
      unfit: _unfit,
      concurrencyLimit: _limit,
      sessions: _sessions,
      reason: _reason,
      ...counts
    }): Part => ({
      ...{ scope: "node", targetId: nodeId, name: "", poolId, counts },
      ...{ inFlightMax: inFlight, queuedMax: 0, connectionsMax: connections ?? null },
    }),
  );
  const all =
    pools.length === 0 ? [] : [together(pools, { scope: "all", targetId: EVERYTHING, name: "", poolId: EVERYTHING })];
  return [...all, ...pools, ...nodes, ...routesOf(frame), ...classesOf(frame)].map((part) => ({ ...part, atMs }));
}

/** One part out of several of the same instant. */
function together(parts: readonly Part[], whose: Pick<Part, "scope" | "targetId" | "name" | "poolId">): Part {
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    ...whose,
    counts: mergeAllCounts(parts.map((part) => part.counts)),
    inFlightMax: sum((part) => part.inFlightMax),
    queuedMax: sum((part) => part.queuedMax),
    connectionsMax: parts.every((part) => part.connectionsMax === null)
      ? null
      : sum((part) => part.connectionsMax ?? 0),
  };
}

function flowPart(flow: FlowCounts, scope: "route" | "class"): Part {
  const { poolId, routeId, class: name = "", inFlight, queued = 0, ...counts } = flow;
  const shared = { poolId, inFlightMax: inFlight, connectionsMax: null };
  return scope === "route"
    ? { ...shared, scope, targetId: routeId ?? EVERYTHING, name: "", counts, queuedMax: queued }
    : { ...shared, scope, targetId: poolId, name, counts: withoutWaits(counts), queuedMax: 0 };
}

/** How requests of a class waited is told by its queue, with those that it refused. */
function withoutWaits({ details, ...counts }: Counts): Counts {
  if (details === undefined) return counts;
  const { waited: _, waitedMs: _ms, queueRefused: _refused, queueTimedOut: _late, ...rest } = details;
  return Object.keys(rest).length === 0 ? counts : { ...counts, details: rest };
}

function routesOf({ flows = [] }: MetricFrame): Part[] {
  const parts = flows.filter(({ routeId }) => routeId !== null).map((flow) => flowPart(flow, "route"));
  return groupBy(parts, ({ targetId }) => targetId).map((same) => together(same, same[0] as Part));
}

/** What clients of each class met, and how they waited; a class of which nobody came may have some who wait still. */
function classesOf({ flows = [], pools }: MetricFrame): Part[] {
  const served = flows.filter((flow) => flow.class !== undefined).map((flow) => flowPart(flow, "class"));
  const classed = new Set(served.map(({ targetId }) => targetId));
  const waiting = pools
    .filter(({ poolId }) => classed.has(poolId))
    .flatMap(({ poolId, queues = [] }) =>
      queues.map(
        (queue): Part => ({
          ...{ scope: "class", targetId: poolId, name: queue.name, poolId, counts: withWaits(emptyCounts(), [queue]) },
          ...{ inFlightMax: 0, queuedMax: queue.queued, connectionsMax: null },
        }),
      ),
    );
  return groupBy([...served, ...waiting], ({ targetId, name }) => `${targetId} ${name}`).map((same) =>
    together(same, same[0] as Part),
  );
}

/** Counts with what became of those who waited. */
function withWaits(counts: Counts, queues: readonly QueueFigures[] = []): Counts {
  const waits = queues.map(
    ({ served, waitedMs, refused, timedOut }): CountDetails => ({
      ...(served > 0 && { waited: served, waitedMs }),
      ...(refused > 0 && { queueRefused: refused }),
      ...(timedOut > 0 && { queueTimedOut: timedOut }),
    }),
  );
  const details = mergeDetails([counts.details, ...waits]);
  return details === undefined ? counts : { ...counts, details };
}
