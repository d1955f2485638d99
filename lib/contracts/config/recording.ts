// What is kept of single requests, so that they can be explained: the rest is only counted.
import { z } from "zod";
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
});
export type RecordingSettings = z.infer<typeof RecordingSettings>;
