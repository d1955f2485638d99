import { z } from "zod";
import { Id, PageQuery, Timestamp } from "./common.ts";
import { CHECK_LEVELS } from "./config/health-check.ts";

export const ALERT_RULES = ["health-check-failed", "node-ejected", "breaker-open", "node-degraded"] as const;
export type AlertRule = (typeof ALERT_RULES)[number];
/** An alert fires once, stays in the history, and ends by itself when its cause is gone. Level 1 is the most urgent. */
export const Alert = z.strictObject({
  id: Id,
  rule: z.enum(ALERT_RULES),
  level: z.int().min(1).max(4),
  state: z.enum(["firing", "resolved"]),
  poolId: Id.nullable(),
  nodeId: Id.nullable(),
  /** Names as they were when it fired: the history outlives what it speaks of. */
  poolName: z.string(),
  nodeName: z.string(),
  /** Code of the culprit, e.g. `connect-refused`, and the count that made it fire. */
  reason: z.string(),
  /** The level of the health check that failed; null for what real traffic found. */
  checkLevel: z.enum(CHECK_LEVELS).nullable().default(null),
  /** What was found and what was expected, for people: `HTTP 503, expected 100–499`. Empty when the code says it all. */
  detail: z.string().default(""),
  consecutiveFailures: z.int().min(0),
  firedAt: Timestamp,
  resolvedAt: Timestamp.nullable(),
  /** When, and by whom, it was taken on, and what they said of it; it fires until its cause is gone all the same. */
  acknowledgedAt: Timestamp.nullable().default(null),
  acknowledgedBy: z.string().nullable().default(null),
  acknowledgement: z.string().default(""),
});
export type Alert = z.infer<typeof Alert>;

export const Acknowledgement = z.strictObject({
  /** What is done about it, for the others. */
  note: z.string().trim().max(500, "must have at most 500 characters").default(""),
});

export const AlertQuery = PageQuery.extend({
  state: z.enum(["firing", "resolved"]).optional(),
  poolId: Id.optional(),
  nodeId: Id.optional(),
});
export type AlertQuery = z.infer<typeof AlertQuery>;
