// Sums of measurements: of several processes at one instant, or of several instants. Latency is merged as histograms.
import type {
  ArmCounts,
  CountDetails,
  Counts,
  FlowCounts,
  MetricFrame,
  OwnAnswerCount,
  QueueFigures,
  RouteCounts,
  UnfitCounts,
} from "#lib/contracts/metrics.ts";
import { groupBy } from "./group-by.ts";
import { mergeAllSparse, mergeSparse } from "./histogram.ts";

type FramePool = MetricFrame["pools"][number];
type FrameNode = MetricFrame["nodes"][number];

/** Counts of a span in which nothing happened. */
export function emptyCounts(): Counts {
  return {
    requests: 0,
    successes: 0,
    failures: 0,
    status1xx: 0,
    status2xx: 0,
    status3xx: 0,
    status4xx: 0,
    status5xx: 0,
    retries: 0,
    aborted: 0,
    bytesIn: 0,
    bytesOut: 0,
    latencyUs: { i: [], n: [] },
  };
}

/** Counts of both together. Neither is changed. */
export function mergeCounts(a: Counts, b: Counts): Counts {
  const sum = emptyCounts();
  addNumbers(sum, a);
  addNumbers(sum, b);
  sum.latencyUs = mergeSparse(a.latencyUs, b.latencyUs);
  return withDetails(sum, [a, b]);
}

/** Counts of all together; histograms are merged in one pass. Nothing given: empty counts. */
export function mergeAllCounts(parts: readonly Counts[]): Counts {
  if (parts.length === 2) return mergeCounts(parts[0] as Counts, parts[1] as Counts);
  const sum = emptyCounts();
  for (const part of parts) addNumbers(sum, part);
  sum.latencyUs = parts.length === 1 ? (parts[0] as Counts).latencyUs : mergeAllSparse(parts.map((p) => p.latencyUs));
  return withDetails(sum, parts);
}

function withDetails(sum: Counts, parts: readonly Counts[]): Counts {
  const details = mergeDetails(parts.map((part) => part.details));
  if (details !== undefined) sum.details = details;
  return sum;
}

/** Details of all together; undefined when none has any. */
export function mergeDetails(parts: readonly (CountDetails | undefined)[]): CountDetails | undefined {
  let sum: CountDetails | undefined;
  for (const part of parts) {
    if (part === undefined) continue;
    sum ??= {};
    const { causes, ...numbers } = part;
    for (const key of Object.keys(numbers) as (keyof typeof numbers)[])
      sum[key] = (sum[key] ?? 0) + (numbers[key] ?? 0);
    if (causes === undefined) continue;
    sum.causes ??= {};
    for (const [cause, count] of Object.entries(causes)) sum.causes[cause] = (sum.causes[cause] ?? 0) + count;
  }
  return sum;
}

function addNumbers(sum: Counts, part: Counts): void {
  sum.requests += part.requests;
  sum.successes += part.successes;
  sum.failures += part.failures;
  sum.status1xx += part.status1xx;
  sum.status2xx += part.status2xx;
  sum.status3xx += part.status3xx;
  sum.status4xx += part.status4xx;
  sum.status5xx += part.status5xx;
  sum.retries += part.retries;
  sum.aborted += part.aborted;
  sum.bytesIn += part.bytesIn;
  sum.bytesOut += part.bytesOut;
}

/** Share of answered requests that succeeded, 0–1; null when none was answered. Aborted requests are neither. */
export function successRatio(counts: Pick<Counts, "successes" | "failures">): number | null {
  const answered = counts.successes + counts.failures;
  return answered === 0 ? null : counts.successes / answered;
}

/**
 * One frame of what several processes measured in the same second: counts and gauges are summed by pool and node, a
 * node's share is the mean of what the processes say (they agree but for rounding). Throws RangeError without frames.
 */
export function mergeFrames(frames: readonly MetricFrame[]): MetricFrame {
  const [first, ...others] = frames;
  if (!first) throw new RangeError("mergeFrames needs at least one frame");
  if (others.length === 0) return first;
  return {
    atMs: Math.max(...frames.map((frame) => frame.atMs)),
    pools: groupBy(
      frames.flatMap((frame) => frame.pools),
      (pool) => pool.poolId,
    ).map(mergePools),
    nodes: groupBy(
      frames.flatMap((frame) => frame.nodes),
      (node) => node.nodeId,
    ).map(mergeNodes),
    ...mergeFlows(frames.flatMap((frame) => frame.flows ?? [])),
    routes: mergeRouteCounts(frames.flatMap((frame) => frame.routes ?? [])),
    own: groupBy(
      frames.flatMap((frame) => frame.own ?? []),
      ({ code }) => code,
    ).map(mergeOwn),
    ...mergeCanary(frames.flatMap((frame) => frame.canary ?? [])),
    ...mergeSpans(frames.flatMap((frame) => frame.spans ?? [])),
  };
}

const mergeSpans = (parts: readonly NonNullable<MetricFrame["spans"]>[]): Pick<MetricFrame, "spans"> =>
  parts.length === 0
    ? {}
    : { spans: { exported: sumOf(parts, (part) => part.exported), dropped: sumOf(parts, (part) => part.dropped) } };

const mergeCanary = (parts: readonly ArmCounts[]): Pick<MetricFrame, "canary"> =>
  parts.length === 0
    ? {}
    : {
        canary: groupBy(parts, ({ canaryId, arm, poolId }) => `${canaryId} ${arm} ${poolId}`).map((same) => ({
          ...(same[0] as ArmCounts),
          ...mergeAllCounts(same),
        })),
      };

const mergeFlows = (parts: readonly FlowCounts[]): Pick<MetricFrame, "flows"> =>
  parts.length === 0
    ? {}
    : {
        flows: groupBy(parts, (flow) => `${flow.poolId} ${flow.routeId} ${flow.class}`).map((same) => ({
          ...(same[0] as FlowCounts),
          ...mergeAllCounts(same),
          inFlight: sumOf(same, (part) => part.inFlight),
          ...queuedOf(same),
        })),
      };

function queuedOf(parts: readonly FlowCounts[]): Pick<FlowCounts, "queued"> {
  const queued = sumOf(parts, (part) => part.queued ?? 0);
  return queued > 0 ? { queued } : {};
}

/** Connections of all; who does not tell them has none that are known. */
const mergeConnections = (parts: readonly { connections?: number | undefined }[]): { connections?: number } =>
  parts.some((part) => part.connections !== undefined)
    ? { connections: sumOf(parts, (part) => part.connections ?? 0) }
    : {};

function mergePools(parts: FramePool[]): FramePool {
  const [first] = parts as [FramePool];
  return {
    poolId: first.poolId,
    ...mergeAllCounts(parts),
    inFlight: sumOf(parts, (part) => part.inFlight),
    queued: sumOf(parts, (part) => part.queued),
    ...mergeConnections(parts),
    ...mergeQueues(parts),
  };
}

function mergeQueues(parts: readonly FramePool[]): Pick<FramePool, "queues"> {
  const all = parts.flatMap(({ queues }) => queues ?? []);
  return all.length === 0 ? {} : { queues: groupBy(all, ({ name }) => name).map(mergeQueue) };
}

const mergeQueue = (parts: QueueFigures[]): QueueFigures => ({
  name: (parts[0] as QueueFigures).name,
  queued: sumOf(parts, (part) => part.queued),
  oldestWaitMs: Math.max(...parts.map((part) => part.oldestWaitMs)),
  served: sumOf(parts, (part) => part.served),
  waitedMs: sumOf(parts, (part) => part.waitedMs),
  refused: sumOf(parts, (part) => part.refused),
  timedOut: sumOf(parts, (part) => part.timedOut),
});

function mergeNodes(parts: FrameNode[]): FrameNode {
  const [first] = parts as [FrameNode];
  const unfit = parts.flatMap((part) => part.unfit ?? []);
  return {
    nodeId: first.nodeId,
    poolId: first.poolId,
    ...mergeAllCounts(parts),
    inFlight: sumOf(parts, (part) => part.inFlight),
    ...mergeConnections(parts),
    share: sumOf(parts, (part) => part.share) / parts.length,
    ...(parts.some((part) => part.concurrencyLimit !== undefined) && {
      concurrencyLimit: sumOf(parts, (part) => part.concurrencyLimit ?? 0),
    }),
    // Workers in different zones differ: that it is used by one says more than that another holds it in reserve.
    reason: (parts.find((part) => part.share > 0) ?? first).reason,
    ...(unfit.length > 0 && { unfit: unfit.reduce(addUnfit) }),
  };
}

const addUnfit = (a: UnfitCounts, b: UnfitCounts): UnfitCounts => ({
  refused: a.refused + b.refused,
  refusedUs: a.refusedUs + b.refusedUs,
  overtaken: a.overtaken + b.overtaken,
  overtakenUs: a.overtakenUs + b.overtakenUs,
});

const mergeOwn = (parts: OwnAnswerCount[]): OwnAnswerCount => ({
  code: (parts[0] as OwnAnswerCount).code,
  count: sumOf(parts, ({ count }) => count),
});

/** Sums by route. */
export const mergeRouteCounts = (parts: readonly RouteCounts[]): RouteCounts[] =>
  groupBy(parts, ({ routeId }) => routeId).map(mergeRoutes);

function mergeRoutes(parts: RouteCounts[]): RouteCounts {
  const [first] = parts as [RouteCounts];
  return {
    routeId: first.routeId,
    answered: sumOf(parts, (part) => part.answered),
    limited: sumOf(parts, (part) => part.limited),
    tooLarge: sumOf(parts, (part) => part.tooLarge),
  };
}

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number => {
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum;
};
