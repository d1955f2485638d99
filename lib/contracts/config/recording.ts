// What is kept of single requests, so that they can be explained: the rest is only counted.
import * as z from "zod";
import { durationMs, Ratio } from "../common.ts";

/** What is kept of the part of a target after the question mark. */
export const QUERY_KEPT = ["drop", "names", "values"] as const;

export const RecordingSettings = z.strictObject({
  /** Requests that failed, were retried or hedged, and slow ones, with what led to it. */
  enabled: z.boolean().default(true),
  /** Share of all other requests that are kept, too. */
  sampleRatio: Ratio.default(0.001),
  /** An answer whose first byte takes this long is kept; 0: none is for being slow. */
  slowMs: durationMs(0, 3_600_000).default(1_000),
  /** `names`: of each parameter the name, without its value. */
  query: z.enum(QUERY_KEPT).default("names"),
  /** Share of the requests that went well that is in the access log, where that is on; null: what the log's own settings say. */
  logRatio: Ratio.nullable().default(null),
});
export type RecordingSettings = z.infer<typeof RecordingSettings>;

/** Of one route, instead of what its pool says; null: as there. */
export const RouteRecording = z.strictObject({
  enabled: z.boolean().nullable().default(null),
  sampleRatio: Ratio.nullable().default(null),
  slowMs: durationMs(0, 3_600_000).nullable().default(null),
  logRatio: Ratio.nullable().default(null),
});
export type RouteRecording = z.infer<typeof RouteRecording>;

/** The access log: JSON lines of every request that failed, was retried, hedged or slow, and of a sample of the others. */
export const AccessLogSettings = z.strictObject({
  enabled: z.boolean().default(false),
  /** Share of the requests that went well that is logged, too. */
  sampleRatio: Ratio.default(1),
  /** An answer whose first byte takes this long is logged whatever the sample says; 0: none is for being slow. */
  slowMs: durationMs(0, 3_600_000).default(1_000),
  /** What of the query is logged, of what the pool's `recording.query` lets through. */
  query: z.enum(QUERY_KEPT).default("names"),
  /** Whether the client's address is in it. */
  clientAddress: z.boolean().default(true),
  /** Whether each attempt is in it, with its phases. */
  attempts: z.boolean().default(true),
});
export type AccessLogSettings = z.infer<typeof AccessLogSettings>;
