// What moves traffic between the nodes of a pool by how they do: dynamic weights, and the degrade rule.
import * as z from "zod";
import { durationMs, Ratio } from "../common.ts";

/**
 * Weights by the brief's formula: score = 1 / (mean response time × (1 + error ratio)), weight = base weight × score,
 * normalised over the pool (lib/core/weights/dynamic.ts). Off unless asked for: weights are the operator's.
 */
export const DynamicWeightSettings = z.strictObject({
  enabled: z.boolean().default(false),
  /** How often the weights are decided anew; figures come once a second. */
  intervalMs: durationMs(1_000, 600_000).default(10_000),
  /** Span of time whose figures count. */
  windowMs: durationMs(1_000, 3_600_000).default(30_000),
  /** A node with fewer requests in the window is not judged. */
  minimumRequests: z.int().min(1).max(100_000).default(50),
  /** Least and greatest weight, as parts of the node's base weight. */
  floorRatio: z.number().min(0.01).max(1).default(0.1),
  ceilingRatio: z.number().min(1).max(100).default(4),
  /** Greatest change of a weight at once, as a part of the node's base weight. */
  maxStepRatio: z.number().min(0.01).max(1).default(0.2),
});
export type DynamicWeightSettings = z.infer<typeof DynamicWeightSettings>;

export const RESPONSE_MEASURES = ["mean", "p50", "p99"] as const;
export type ResponseMeasure = (typeof RESPONSE_MEASURES)[number];

/**
 * The brief's degrade rule: a node whose response time and share of errors are both over their thresholds for a window
 * gets less traffic, step by step, and gets it back the same way (lib/core/weights/degrade.ts).
 */
export const DegradeSettings = z.strictObject({
  enabled: z.boolean().default(true),
  measure: z.enum(RESPONSE_MEASURES).default("mean"),
  responseMs: durationMs(1, 3_600_000).default(500),
  errorRatio: Ratio.default(0.05),
  /** Both over their thresholds in a window of this length: one step down; each step needs a window of its own. */
  windowMs: durationMs(1_000, 3_600_000).default(10_000),
  /** A window with fewer requests says nothing. */
  minimumRequests: z.int().min(1).max(100_000).default(20),
  /** Part of the weight that goes with each step. */
  stepRatio: z.number().min(0.01).max(0.99).default(0.2),
  /** What is always left of the weight. */
  floorRatio: z.number().min(0.01).max(0.99).default(0.2),
  /** A node is well again once one of the two is down to this part of its threshold. */
  recoveryRatio: z.number().min(0.01).max(1).default(0.8),
});
export type DegradeSettings = z.infer<typeof DegradeSettings>;
