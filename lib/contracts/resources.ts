// CPU, memory and queue of a node as they are told and shown. What is not known is missing, with its reason, and never zero.
import { z } from "zod";
import { Id } from "./common.ts";
import { EpochMs } from "./runtime.ts";

/**
 * Why a figure is missing. Besides these the codes of failed checks: `connect-refused`, `http-timeout`, `status-404` …
 */
export const RESOURCE_MISSING = [
  /** The pool's `resources` are off, or nothing is set that would be read. */
  "not-configured",
  /** Nobody has asked the node yet, or no agent has pushed. */
  "not-told",
  /** Of CPU: a rate needs two samples. */
  "first-sample",
  /** The answer has no such series. */
  "not-found",
  /** NaN, infinite or below zero. */
  "unusable-value",
  /** The answer has no such series, and lines that cannot be read. */
  "malformed",
  /** The answer is a redirect, which is not followed. */
  "redirect",
  "body-too-large",
  /** The agent does not tell this one. */
  "not-pushed",
  /** It was told three intervals ago or longer. */
  "too-old",
] as const;
export type ResourceMissing = (typeof RESOURCE_MISSING)[number];

const Missing = z.strictObject({
  state: z.literal("missing"),
  reason: z.string().max(100),
  /** What was found instead, for people. */
  detail: z.string().max(500),
});
const bytes = z.number().min(0);

export const CpuReading = z.discriminatedUnion("state", [
  /** Of all cores together; a process may use more than the cores it is said to have. */
  z.strictObject({ state: z.literal("known"), ratio: z.number().min(0), of: z.enum(["host", "process", "agent"]) }),
  Missing,
]);
export type CpuReading = z.infer<typeof CpuReading>;
export const MemoryReading = z.discriminatedUnion("state", [
  z.strictObject({
    state: z.literal("known"),
    usedBytes: bytes,
    /** Null: not known, and no share of it either. */
    limitBytes: bytes.nullable(),
    ratio: z.number().min(0).nullable(),
    of: z.enum(["host", "process", "agent"]),
  }),
  Missing,
]);
export type MemoryReading = z.infer<typeof MemoryReading>;
export const BacklogReading = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("known"), waiting: z.number().min(0) }),
  Missing,
]);
export type BacklogReading = z.infer<typeof BacklogReading>;

export const ResourceReading = z.strictObject({
  cpu: CpuReading,
  memory: MemoryReading,
  backlog: BacklogReading,
});
export type ResourceReading = z.infer<typeof ResourceReading>;

/** What is known of one node now. */
export const NodeResources = z.strictObject({
  nodeId: Id,
  poolId: Id,
  source: z.enum(["off", "scrape", "push"]),
  /** When it was last told, or asked in vain; null: never. */
  atMs: EpochMs.nullable(),
  /** From then on what is told here is too old; null: nothing is told. */
  expiresMs: EpochMs.nullable(),
  /** The worker that asked it, or the agent's token. */
  by: z.string(),
  ...ResourceReading.shape,
});
export type NodeResources = z.infer<typeof NodeResources>;

/** What an agent pushes: at least one of them; null, or left out: it does not know. */
export const PushResourcesInput = z
  .strictObject({
    /** Share of all cores, 0–1. */
    cpuRatio: z.number().min(0).max(1).nullable().default(null),
    memoryUsedBytes: bytes.max(Number.MAX_SAFE_INTEGER).nullable().default(null),
    memoryLimitBytes: bytes.max(Number.MAX_SAFE_INTEGER).positive().nullable().default(null),
    queueBacklog: z.number().min(0).max(Number.MAX_SAFE_INTEGER).nullable().default(null),
  })
  .superRefine(({ cpuRatio, memoryUsedBytes, queueBacklog, memoryLimitBytes }, ctx) => {
    if (cpuRatio === null && memoryUsedBytes === null && queueBacklog === null)
      ctx.addIssue({ code: "custom", message: "must tell cpuRatio, memoryUsedBytes or queueBacklog" });
    if (memoryLimitBytes !== null && memoryUsedBytes === null)
      ctx.addIssue({ code: "custom", path: ["memoryLimitBytes"], message: "says nothing without memoryUsedBytes" });
  });
export type PushResourcesInput = z.infer<typeof PushResourcesInput>;
/** A node's pushes that come closer together than this are refused. */
export const MIN_PUSH_MS = 900;

const figure = z.number().min(0).nullable();
/** One point of a chart: means over a step, and the highest of it. Missing is null, never zero. */
export const ResourcePoint = z.strictObject({
  atMs: EpochMs,
  cpuRatio: figure,
  cpuMaxRatio: figure,
  memoryBytes: figure,
  memoryMaxBytes: figure,
  /** Of the limit, where that is known. */
  memoryRatio: figure,
  backlog: figure,
  backlogMax: figure,
});
export type ResourcePoint = z.infer<typeof ResourcePoint>;

export const ResourcesQuery = z.strictObject({
  /** Length of the range, ending now or at `toMs`. */
  rangeMs: z.coerce
    .number()
    .int()
    .min(60_000)
    .max(396 * 86_400_000)
    .default(300_000),
  toMs: z.coerce.number().int().min(0).optional(),
});
export const ResourceListQuery = z.strictObject({ poolId: Id.optional() });
export const NodeResourceSeries = z.strictObject({
  current: NodeResources,
  fromMs: EpochMs,
  toMs: EpochMs,
  stepMs: z.int().min(1),
  points: z.array(ResourcePoint),
});
export type NodeResourceSeries = z.infer<typeof NodeResourceSeries>;
