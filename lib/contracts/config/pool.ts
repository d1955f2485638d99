// A pool of interchangeable nodes, and how requests are spread over them.
import * as z from "zod";
import { durationMs, Name, Ratio } from "../common.ts";
import { AdaptiveConcurrency, RequestClasses } from "./admission.ts";
import { HealthCheck } from "./health-check.ts";
import { Labels } from "./labels.ts";
import { BreakerSettings, CoolingSettings, EjectionSettings, HedgeSettings, RetrySettings } from "./protection.ts";
import { RecordingSettings } from "./recording.ts";
import { ResourceSettings } from "./resources.ts";
import { Stickiness } from "./stickiness.ts";
import { NodeTlsSettings } from "./tls.ts";
import { DegradeSettings, DynamicWeightSettings } from "./weighting.ts";

export const ALGORITHMS = [
  "weighted-round-robin",
  "least-connections",
  "peak-ewma",
  "least-time",
  "random-two-choices",
  "consistent-hash",
] as const;
export const Algorithm = z.enum(ALGORITHMS);
export type Algorithm = z.infer<typeof Algorithm>;

/** What a consistent hash is computed from. */
export const HashKey = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("client-address") }),
  z.strictObject({ from: z.literal("path") }),
  z.strictObject({ from: z.enum(["header", "cookie", "query"]), name: z.string().min(1).max(100) }),
]);
export type HashKey = z.infer<typeof HashKey>;

/** Slow start. `step` is the brief's curve: 10 %, +20 % each fifth of the window. */
export const WarmUpSettings = z.strictObject({
  enabled: z.boolean().default(true),
  curve: z.enum(["step", "linear", "exponential"]).default("step"),
  windowMs: durationMs(1_000, 86_400_000).default(1_500_000),
  /** Share of the weight at the start, 0–1. */
  startRatio: z.number().min(0.01).max(1).default(0.1),
});
export type WarmUpSettings = z.infer<typeof WarmUpSettings>;

export const Timeouts = z.strictObject({
  connectMs: durationMs(10, 120_000).default(2_000),
  /** From the request sent whole to the first byte of the answer. */
  firstByteMs: durationMs(10, 3_600_000).default(60_000),
  /** Between two pieces of an answer's body. */
  bodyIdleMs: durationMs(100, 3_600_000).default(60_000),
  queueMs: durationMs(0, 600_000).default(5_000),
  /** From a request's head to the end of its answer, retries and waiting included; 0: no limit. */
  requestMs: durationMs(0, 86_400_000).default(0),
  /** Without a byte in either direction behind an upgrade (WebSocket). */
  tunnelIdleMs: durationMs(1_000, 86_400_000).default(3_600_000),
});
export type Timeouts = z.infer<typeof Timeouts>;

/** Idle connections kept to the nodes, per proxy process. */
export const KeepAlive = z.strictObject({
  maxIdle: z.int().min(0).max(100_000).default(100),
  maxIdlePerNode: z.int().min(0).max(10_000).default(20),
  idleMs: durationMs(100, 3_600_000).default(90_000),
});
export type KeepAlive = z.infer<typeof KeepAlive>;

/**
 * What is spoken to the nodes. `http1`: HTTP/1.1, under TLS when a node's URL says so; `h2`: HTTP/2, always under TLS and agreed on
 * by ALPN; `h2c`: HTTP/2 known to be spoken, in clear unless a node's URL is https. Clients may speak either to any pool.
 */
export const PROTOCOLS = ["http1", "h2", "h2c"] as const;
export const Protocol = z.enum(PROTOCOLS);
export type Protocol = z.infer<typeof Protocol>;

/** Nodes of a worker's own zone (GB_ZONE) are preferred while enough of them are usable; the rest spills over to the others. */
export const ZonePreference = z.strictObject({
  enabled: z.boolean().default(false),
  /** With fewer usable nodes of its own zone in a level than this, none is preferred (Envoy's `min_cluster_size`). */
  minLocalNodes: z.int().min(1).max(1_000).default(1),
});
export type ZonePreference = z.infer<typeof ZonePreference>;

/** Of a pool, without its nodes. */
export const poolFields = {
  name: Name,
  description: z.string().max(500).default(""),
  /** Of the pool and of all its nodes: what silences, maintenance windows and channels may mean them by. */
  labels: Labels,
  algorithm: Algorithm,
  hashKey: HashKey.default({ from: "client-address" }),
  stickiness: Stickiness.default({ mode: "off" }),
  /** Takes what no route matches. At most one pool is the default. */
  isDefault: z.boolean().default(false),
  protocol: Protocol.default("http1"),
  /** `node`: the node's own host is sent; `keep`: the client's Host is passed on. */
  hostHeader: z.enum(["keep", "node"]).default("keep"),
  healthCheck: HealthCheck.prefault({}),
  breaker: BreakerSettings.prefault({}),
  ejection: EjectionSettings.prefault({}),
  cooling: CoolingSettings.prefault({}),
  retry: RetrySettings.prefault({}),
  hedge: HedgeSettings.prefault({}),
  warmUp: WarmUpSettings.prefault({}),
  dynamicWeights: DynamicWeightSettings.prefault({}),
  degrade: DegradeSettings.prefault({}),
  timeouts: Timeouts.prefault({}),
  keepAlive: KeepAlive.prefault({}),
  tls: NodeTlsSettings.prefault({}),
  /** Requests that wait in queues of their own, which are served before those of no class. */
  classes: RequestClasses,
  adaptiveConcurrency: AdaptiveConcurrency.prefault({}),
  /** Requests of no class that wait for a free slot, per proxy process. */
  maxQueue: z.int().min(0).max(1_000_000).default(1_000),
  /** Healthy share below which health is ignored rather than overload what is left (Envoy's panic threshold); 0: only when nobody is healthy. */
  panicThreshold: Ratio.default(0),
  /** A level or zone takes its usable share times this, at most all; the rest spills over (Envoy: 1.4, so from 71.4 % down). */
  overprovisioningFactor: z.number().min(1).max(100).default(1.4),
  zonePreference: ZonePreference.prefault({}),
  drainTimeoutMs: durationMs(0, 3_600_000).default(300_000),
  recording: RecordingSettings.prefault({}),
  /** CPU, memory and queue of the nodes: shown and alerted on, no request goes by them. */
  resources: ResourceSettings.prefault({}),
};
