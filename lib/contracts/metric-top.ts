// Who had most requests, errors or the highest P99 over a range.
import { z } from "zod";
import { Id } from "./common.ts";
import { MAX_RANGE_MS, MetricPoint } from "./metrics.ts";
import { EpochMs } from "./runtime.ts";
import { TOP_BY, TOP_OF } from "./top-words.ts";

export * from "./top-words.ts";

export const TopQuery = z.strictObject({
  of: z.enum(TOP_OF).default("node"),
  by: z.enum(TOP_BY).default("requests"),
  /** Those of one pool; of routes, those that lead to it. */
  poolId: Id.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
  /** Length of the range, ending now or at `toMs`. */
  rangeMs: z.coerce.number().int().min(60_000).max(MAX_RANGE_MS).default(300_000),
  toMs: z.coerce.number().int().min(0).optional(),
});
export type TopQuery = z.infer<typeof TopQuery>;

export const TopItem = z.strictObject({
  /** Of a class: its pool's. */
  id: Id,
  /** Null: it is no more, or, of a route, has no name and matches everything. */
  name: z.string().nullable(),
  poolId: Id,
  poolName: z.string().nullable(),
  /** Over the whole range. */
  figures: MetricPoint,
});
export type TopItem = z.infer<typeof TopItem>;

export const MetricTop = z.strictObject({
  of: z.enum(TOP_OF),
  by: z.enum(TOP_BY),
  /** Of the stored spans that were looked at: the range, from the beginning of its first span. */
  fromMs: EpochMs,
  toMs: EpochMs,
  /** The most first; who had nothing of it is not there. */
  items: z.array(TopItem),
});
export type MetricTop = z.infer<typeof MetricTop>;
