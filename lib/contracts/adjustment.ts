// What the worker makes of a node's weight by how the node does (lib/core/weights), and why.
import * as z from "zod";
import { EpochMs } from "./common.ts";

/** Why a dynamic weight is what it is. `DynamicWeight` has the figures. */
export const DYNAMIC_REASONS = [
  /** Fewer requests in the window than it takes to judge the node, which is at its base weight. */
  "too-few-samples",
  /** The same, and on its way back to its base weight. */
  "drifting-back",
  /** No requests at all: on its way back. */
  "no-figures",
  /** No other node can be judged: there is nobody to compare it with. */
  "alone",
  /** Where its score puts it. */
  "steady",
  /** Moved to where its score puts it. */
  "by-score",
  /** Moved because the others changed: its own score has not. */
  "normalised",
  /** Under way: more than one step is not taken at once. */
  "step-capped",
  /** Its score would put it lower, or higher, still. */
  "floor",
  "ceiling",
  /** It fails, or fails more than the others do: never above its base weight. */
  "failing",
  /** Nothing that it was asked succeeded. */
  "no-success",
] as const;
export type DynamicReason = (typeof DYNAMIC_REASONS)[number];

/** What dynamic weights make of a node's weight. */
export const DynamicWeight = z.strictObject({
  /** Part of the base weight that counts. */
  factor: z.number().min(0.01).max(100),
  /** Where the formula, kept to floor and ceiling, would have it; null: the node was not judged. */
  target: z.number().min(0.01).max(100).nullable(),
  reason: z.enum(DYNAMIC_REASONS),
  /** The figures it was decided by: requests in the window, and how many it takes. */
  requests: z.int().min(0),
  minimumRequests: z.int().min(1),
  errorRatio: z.number().min(0).max(1),
  /** Mean response time of successes; null: not known. */
  meanMs: z.number().min(0).nullable(),
  /** 1 / (mean response time in ms × (1 + error ratio)); null: none. */
  score: z.number().min(0).nullable(),
  decidedMs: EpochMs,
});
export type DynamicWeight = z.infer<typeof DynamicWeight>;

/** A node that the degrade rule moved traffic away from. */
export const DegradeState = z.strictObject({
  step: z.int().min(1),
  /** Part of the weight that is left. */
  factor: z.number().min(0.01).max(1),
  /** Of the last step, down or back. */
  sinceMs: EpochMs,
  /** What that step was taken for: `mean-812-ms-errors-12-percent`. */
  cause: z.string(),
});
export type DegradeState = z.infer<typeof DegradeState>;

/** What the worker makes of a node's weight by how the node does; the two multiply, and so does the warm-up. */
export const Adjustment = z.strictObject({ dynamic: DynamicWeight.nullable(), degrade: DegradeState.nullable() });
export type Adjustment = z.infer<typeof Adjustment>;
