// The traffic ledger: every shift of the share of its pool's requests that a node is due, with what it came from.
import * as z from "zod";
import { Id, PageQuery, Timestamp } from "./common.ts";

export const LEDGER_CAUSES = [
  /** A revision changed weights, levels or who is in the pool. */
  "publish",
  /** A canary began or ended. */
  "canary",
  /** An operator drained, took into maintenance, or let serve again. */
  "person",
  "probe",
  "breaker",
  "ejection",
  /** A node asked for rest, or has rested. */
  "cooling",
  "quota",
  /** As many requests as it may get in a span of time. */
  "limit",
  /** Warm-up. */
  "ramp",
  /** Dynamic weights and the degrade rule. */
  "weights",
  /** Levels, zones and backups: others can take less, or more, than before. */
  "spill",
  /** Nothing that is known changed. */
  "unknown",
] as const;
export const LedgerCause = z.enum(LEDGER_CAUSES);
export type LedgerCause = z.infer<typeof LedgerCause>;

export const LedgerEntry = z.strictObject({
  id: z.string(),
  at: Timestamp,
  workerId: z.string(),
  poolId: Id,
  nodeId: Id,
  /** Null: it is no more. */
  nodeName: z.string().nullable(),
  cause: LedgerCause,
  /** Code of the reason: `connect-refused`, `status-503`, who it was; empty when there is no more to say. */
  detail: z.string(),
  /** The node that the cause is of, when it is another one: what it lost others got. */
  byNodeId: Id.nullable(),
  byNodeName: z.string().nullable(),
  /** Parts of the pool's requests, 0–1. */
  shareBefore: z.number().min(0).max(1),
  shareAfter: z.number().min(0).max(1),
  revision: z.int().nullable(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const LedgerQuery = PageQuery.extend({
  poolId: Id.optional(),
  nodeId: Id.optional(),
  cause: LedgerCause.optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type LedgerQuery = z.infer<typeof LedgerQuery>;
