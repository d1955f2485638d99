// Measurements. Latency travels as a mergeable histogram (lib/core/histogram.ts), so that a percentile over any range and
// any set of nodes is computed from merged counts and never averaged.
import * as z from "zod";
import { Id } from "./common.ts";
import { OwnAnswerCount, RouteCounts, SpanCounts } from "./process-counts.ts";
import { EligibilityReason, EpochMs } from "./runtime.ts";

export * from "./process-counts.ts";

/** Log-linear histogram of microseconds: bucket indices ascending, and as many counts. */
export const SparseHistogram = z.strictObject({ i: z.array(z.int().min(0)), n: z.array(z.int().min(1)) });
export type SparseHistogram = z.infer<typeof SparseHistogram>;

/** What of a span's counts most spans have none of; what did not happen is left out. */
export const CountDetails = z
  .strictObject({
    /** Failures by their cause: `connect-refused`, `first-byte-timeout`, `status-503`, `no-usable-node` … */
    causes: z.record(z.string().min(1).max(100), z.int().min(1)),
    /** Second copies of requests whose first attempt was slow, or took long to connect. */
    hedges: z.int().min(0),
    /** Connections to nodes that came about, those that could not be made, and attempts on one that was there already. */
    connectionsOpened: z.int().min(0),
    connectionsFailed: z.int().min(0),
    connectionsReused: z.int().min(0),
    /** Of nodes; of a route or class those that its requests set off: the one whose outcome did names route and class. */
    ejections: z.int().min(0),
    breakerOpenings: z.int().min(0),
    /** Requests that waited for a slot and got a node, and how long they waited, all together. */
    waited: z.int().min(0),
    waitedMs: z.number().min(0),
    /** Refused at once since the queue was full, and after they had waited for too long. */
    queueRefused: z.int().min(0),
    queueTimedOut: z.int().min(0),
  })
  .partial();
export type CountDetails = z.infer<typeof CountDetails>;

/** Counts over one span of time, of one pool (what clients saw) or one node (what each attempt met). */
export const Counts = z.strictObject({
  requests: z.int().min(0),
  /** Answers below 500, other than those counted in `failures`. */
  successes: z.int().min(0),
  /** 5xx answers, faults of sockets, time-outs, answers made by the proxy for want of a node. */
  failures: z.int().min(0),
  status1xx: z.int().min(0),
  status2xx: z.int().min(0),
  status3xx: z.int().min(0),
  status4xx: z.int().min(0),
  status5xx: z.int().min(0),
  /** Attempts that followed a failed one on another node; second copies of slow ones are `hedges`. */
  retries: z.int().min(0),
  /** Requests whose client went away before the answer was whole: neither success nor failure. */
  aborted: z.int().min(0),
  bytesIn: z.int().min(0),
  bytesOut: z.int().min(0),
  /** Time from the request's head to the answer's first byte. */
  latencyUs: SparseHistogram,
  details: CountDetails.optional(),
});
export type Counts = z.infer<typeof Counts>;

/** Gauges at the end of the span. */
export const Gauges = z.strictObject({ inFlight: z.int().min(0), queued: z.int().min(0) });

/** Requests of one class that waited for a slot at a pool's nodes, over one span of time. */
export const QueueFigures = z.strictObject({
  /** Of the class; `default`: of the requests of no class. */
  name: z.string(),
  /** Who waits at the end of the span, and for how long the first of them has. */
  queued: z.int().min(0),
  oldestWaitMs: z.number().min(0),
  /** Requests that waited and got a node, and how long they waited, all together. */
  served: z.int().min(0),
  waitedMs: z.number().min(0),
  /** Refused at once since the queue was full, and after they had waited for too long. */
  refused: z.int().min(0),
  timedOut: z.int().min(0),
});
export type QueueFigures = z.infer<typeof QueueFigures>;

/** What of a node's counts is no sign of how fast it works; absent when there is none (lib/core/weights/figures.ts). */
export const UnfitCounts = z.strictObject({
  /** Failures, and answers from 400 on, and the sum of their times to the first byte. */
  refused: z.int().min(0),
  refusedUs: z.number().min(0),
  /** Attempts given up since another node answered first, and how long they had waited. */
  overtaken: z.int().min(0),
  overtakenUs: z.number().min(0),
});
export type UnfitCounts = z.infer<typeof UnfitCounts>;

export const CANARY_ARMS = ["control", "canary"] as const;
export type CanaryArm = (typeof CANARY_ARMS)[number];

/** What the clients of one arm met in one pool, or, without a pool, at no route, over some span of time. */
export const ArmCounts = z.strictObject({
  canaryId: Id,
  arm: z.enum(CANARY_ARMS),
  poolId: Id.nullable(),
  ...Counts.shape,
});
export type ArmCounts = z.infer<typeof ArmCounts>;

/**
 * What clients met of one route in one pool, by class where the pool has classes; of every pool these sum up to it. How they waited
 * is in their details, and in the figures of the pool's queues.
 */
export const FlowCounts = z.strictObject({
  poolId: Id,
  /** Null: of the requests that no route matched, in the default pool. */
  routeId: Id.nullable(),
  /** Not there in a pool without classes. */
  class: z.string().optional(),
  ...Counts.shape,
  inFlight: z.int().min(0),
  /** Who of them waits for a slot; not there when nobody does. */
  queued: z.int().min(1).optional(),
});
export type FlowCounts = z.infer<typeof FlowCounts>;

/** What one process measured in one second; merged over processes it is what one worker measured. */
export const MetricFrame = z.strictObject({
  /** End of the span; spans are aligned to whole seconds. */
  atMs: EpochMs,
  pools: z.array(
    z.strictObject({
      poolId: Id,
      ...Counts.shape,
      ...Gauges.shape,
      /** Connections to its nodes that are open. */
      connections: z.int().min(0).optional(),
      /** Of the queues in which anybody waits or waited. */
      queues: z.array(QueueFigures).optional(),
    }),
  ),
  nodes: z.array(
    z.strictObject({
      nodeId: Id,
      poolId: Id,
      ...Counts.shape,
      inFlight: z.int().min(0),
      connections: z.int().min(0).optional(),
      share: z.number().min(0).max(1),
      /** How many requests it is found to take at once, where that is looked for (adaptive concurrency). */
      concurrencyLimit: z.int().min(0).optional(),
      /** Learned sessions that are bound to it; not there where none are learned. */
      sessions: z.int().min(0).optional(),
      /** Why it gets that; not there for a node that is simply usable. */
      reason: EligibilityReason.optional(),
      unfit: UnfitCounts.optional(),
    }),
  ),
  /** Of those in which anything happened or is in flight. */
  flows: z.array(FlowCounts).optional(),
  /** Of the routes that did something. */
  routes: z.array(RouteCounts).optional(),
  own: z.array(OwnAnswerCount).optional(),
  spans: SpanCounts.optional(),
  /** While a canary runs. */
  canary: z.array(ArmCounts).optional(),
});
export type MetricFrame = z.infer<typeof MetricFrame>;

const amount = z.number().min(0);

/** The rest of a point of a chart, for those who ask for it: everything that is counted. Rates are per second. */
export const MetricPointDetail = z.strictObject({
  /** Of 1xx to 5xx. */
  statusPerSecond: z.array(amount).length(5),
  /** Failures by cause. */
  causesPerSecond: z.record(z.string(), amount),
  retriesPerSecond: amount,
  hedgesPerSecond: amount,
  abortedPerSecond: amount,
  bytesInPerSecond: amount,
  bytesOutPerSecond: amount,
  /** Open at one time, the most; null: not counted of routes and classes, nor by workers of older versions. */
  connections: amount.nullable(),
  connectionsOpenedPerSecond: amount,
  connectionsReusedPerSecond: amount,
  connectionsFailedPerSecond: amount,
  /** How long those who waited in the queue and got a node had waited, on average; null: nobody did. */
  queueWaitMs: amount.nullable(),
  queueRefusedPerSecond: amount,
  queueTimedOutPerSecond: amount,
  /** How many in the whole step. */
  ejections: amount,
  breakerOpenings: amount,
});
export type MetricPointDetail = z.infer<typeof MetricPointDetail>;

/** One point of a chart, already computed from merged histograms. Missing measurements are null, never zero. */
export const MetricPoint = z.strictObject({
  atMs: EpochMs,
  requestsPerSecond: z.number().min(0).nullable(),
  successRatio: z.number().min(0).max(1).nullable(),
  meanMs: z.number().min(0).nullable(),
  p50Ms: z.number().min(0).nullable(),
  p90Ms: z.number().min(0).nullable(),
  p99Ms: z.number().min(0).nullable(),
  p999Ms: z.number().min(0).nullable(),
  successesPerSecond: z.number().min(0).nullable(),
  failuresPerSecond: z.number().min(0).nullable(),
  inFlight: z.number().min(0).nullable(),
  queued: z.number().min(0).nullable(),
  /** Where it was asked for; null when nothing was measured. */
  detail: MetricPointDetail.nullable().optional(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

/**
 * Live figures of the last second of one pool or node; `share` is the node's part of its pool's requests it is due, `reason`
 * why, where there is more to say than that it is usable.
 */
export const LiveFigures = z.strictObject({
  id: Id,
  requestsPerSecond: z.number().min(0),
  successRatio: z.number().min(0).max(1).nullable(),
  p50Ms: z.number().min(0).nullable(),
  /** Not there in what workers of older versions tell. */
  p90Ms: z.number().min(0).nullable().optional(),
  p99Ms: z.number().min(0).nullable(),
  inFlight: z.int().min(0),
  queued: z.int().min(0),
  failuresPerSecond: z.number().min(0),
  share: z.number().min(0).max(1).nullable(),
  reason: EligibilityReason.optional(),
  /** Of a pool: the queues in which anybody waits or waited. */
  queues: z.array(QueueFigures).optional(),
  /** Of a node: how many requests it is found to take at once; not there unless that is looked for. */
  concurrencyLimit: z.int().min(0).optional(),
});
export type LiveFigures = z.infer<typeof LiveFigures>;

export const METRIC_RESOLUTIONS = {
  "1s": 1_000,
  "10s": 10_000,
  "1m": 60_000,
  "5m": 300_000,
  "1h": 3_600_000,
  "1d": 86_400_000,
} as const;
export type MetricResolution = keyof typeof METRIC_RESOLUTIONS;

/** `all`: of all pools together; `class`: of one class of the pool `id`. */
export const MetricScope = z.enum(["all", "pool", "node", "route", "class"]);
export type MetricScope = z.infer<typeof MetricScope>;

/** As far back as anything is kept unless set otherwise. */
export const MAX_RANGE_MS = 396 * 86_400_000;

export const MetricsQuery = z.strictObject({
  scope: MetricScope.default("all"),
  id: Id.optional(),
  /** Of the class, with that scope. */
  name: z.string().min(1).max(100).optional(),
  /** Length of the range, ending now or at `toMs`. */
  rangeMs: z.coerce.number().int().min(60_000).max(MAX_RANGE_MS).default(300_000),
  toMs: z.coerce.number().int().min(0).optional(),
  /** Whether points have `detail`. */
  detail: z.enum(["true", "false"]).default("false"),
  /** Left out: what `Accept` asks for. */
  format: z.enum(["json", "csv"]).optional(),
});
export type MetricsQuery = z.infer<typeof MetricsQuery>;

export const MetricSeries = z.strictObject({
  scope: MetricScope,
  id: Id.nullable(),
  name: z.string().nullable(),
  fromMs: EpochMs,
  toMs: EpochMs,
  stepMs: z.int().min(1),
  points: z.array(MetricPoint),
  /** Of the whole range, at its end, as if it were one step; `detail` is always there. */
  total: MetricPoint,
});
export type MetricSeries = z.infer<typeof MetricSeries>;

/** Seconds are kept for ten minutes. */
export const OwnAnswersQuery = z.strictObject({
  rangeMs: z.coerce.number().int().min(1_000).max(600_000).default(300_000),
});
/** Answers that the proxies made themselves: by code, the most frequent first, and what routes did by themselves. */
export const OwnAnswers = z.strictObject({
  fromMs: EpochMs,
  toMs: EpochMs,
  codes: z.array(OwnAnswerCount),
  routes: z.array(RouteCounts),
});
export type OwnAnswers = z.infer<typeof OwnAnswers>;
