// How many requests a node may be sent over time: what its provider, or its licence, allows.
import * as z from "zod";
import { durationMs } from "../common.ts";

/** A token bucket; it holds for the worker, over all its proxy processes. */
export const NodeRateLimit = z.strictObject({
  /** Requests in `windowMs`. */
  requests: z.int().min(1).max(1_000_000),
  windowMs: durationMs(1_000, 86_400_000).multipleOf(1_000, "must be whole seconds").default(1_000),
  /** Requests that may come at once; 0: as many as `requests`. */
  burst: z.int().min(0).max(1_000_000).default(0),
});
export type NodeRateLimit = z.infer<typeof NodeRateLimit>;

/** Spans of a quota: they begin when a minute, an hour, a day or a month begins in UTC. */
export const QUOTA_PERIODS = ["minute", "hour", "day", "month"] as const;
export const QuotaPeriod = z.enum(QUOTA_PERIODS);
export type QuotaPeriod = z.infer<typeof QuotaPeriod>;

/** So many requests in each span; it holds for all workers of one database. */
export const NodeQuota = z.strictObject({
  requests: z.int().min(1).max(1_000_000_000),
  per: QuotaPeriod.default("day"),
});
export type NodeQuota = z.infer<typeof NodeQuota>;
