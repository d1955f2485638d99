// What operators ask before they take nodes out of service, and runtime operations on many nodes in one call.
import * as z from "zod";
import { MAX_BULK } from "./bulk.ts";
import { Id } from "./common.ts";
import { DrainInput, MaintenanceInput, TripInput } from "./runtime.ts";
import { NodeView } from "./views.ts";

/** Operations after which a node takes no new requests. */
export const REMOVALS = ["drain", "maintenance", "trip-breaker"] as const;
export type Removal = (typeof REMOVALS)[number];

const nodeIds = z.array(Id).min(1).max(MAX_BULK);

export const PreflightInput = z.strictObject({
  nodeIds,
  /** Several of one pool go together: what is told is what is left without all of them. */
  action: z.enum(REMOVALS).default("drain"),
});
export type PreflightInput = z.infer<typeof PreflightInput>;

/**
 * Why an operation needs `override`. `last-node`: none would be left to serve, in a pool that requests lead to. `over-capacity`: what
 * is left has fewer slots than its busiest moment of the last hour took.
 */
export const REMOVAL_RISKS = ["last-node", "over-capacity"] as const;
export const RemovalRisk = z.enum(REMOVAL_RISKS);
export type RemovalRisk = z.infer<typeof RemovalRisk>;

/** How many serve, and what they can take at once by their limits, over all live workers; null: one of them has no limit. */
const Side = z.strictObject({ serving: z.int().min(0), slots: z.number().min(0).nullable() });

export const PoolPreflight = z.strictObject({
  poolId: Id,
  poolName: z.string(),
  nodeIds: z.array(Id),
  before: Side,
  after: Side,
  /** Part of the present effective weight that is left, 0–1 (more where a later level takes over); null: none serves now. */
  capacityLeftRatio: z.number().min(0).nullable(),
  /** Most requests in flight at one time within the last hour; null: nothing was measured. */
  peakInFlight: z.int().min(0).nullable(),
  risks: z.array(RemovalRisk),
});
export type PoolPreflight = z.infer<typeof PoolPreflight>;

/** `not-counted`: cookies carry them, and nobody keeps a list. `none`: the pool's sessions do not stick. */
export const PinnedSessions = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("none") }),
  z.strictObject({ state: z.literal("not-counted") }),
  z.strictObject({ state: z.literal("counted"), count: z.int().min(0) }),
]);
export type PinnedSessions = z.infer<typeof PinnedSessions>;

export const NodePreflight = z.strictObject({
  nodeId: Id,
  name: z.string(),
  /** Null: nobody reports of it now. */
  inFlight: z.int().min(0).nullable(),
  /** In about how long what is in flight is over, going by how long requests took lately; null: that is not known. */
  emptyInMs: z.number().min(0).nullable(),
  sessions: PinnedSessions,
});
export type NodePreflight = z.infer<typeof NodePreflight>;

export const Preflight = z.strictObject({ pools: z.array(PoolPreflight), nodes: z.array(NodePreflight) });
export type Preflight = z.infer<typeof Preflight>;

const plain = <A extends string>(action: A) => z.strictObject({ action: z.literal(action), nodeIds });
export const NodeOperationsInput = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("drain"), nodeIds, ...DrainInput.shape }),
  z.strictObject({ action: z.literal("maintenance"), nodeIds, ...MaintenanceInput.shape }),
  z.strictObject({ action: z.literal("trip-breaker"), nodeIds, ...TripInput.shape }),
  plain("ready"),
  plain("warm-up"),
  plain("skip-warm-up"),
  plain("reset-breaker"),
]);
export type NodeOperationsInput = z.infer<typeof NodeOperationsInput>;
export type BulkAction = NodeOperationsInput["action"];

/** What came of it on one node. */
export const NodeOperationResult = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), nodeId: Id, node: NodeView }),
  z.strictObject({ ok: z.literal(false), nodeId: Id, code: z.string(), detail: z.string() }),
]);
export type NodeOperationResult = z.infer<typeof NodeOperationResult>;

export const NodeOperationResults = z.strictObject({
  /** One for each node, in the given order. */
  results: z.array(NodeOperationResult),
  done: z.int().min(0),
  failed: z.int().min(0),
});
export type NodeOperationResults = z.infer<typeof NodeOperationResults>;
