// What a process counts besides what its pools, nodes and routes met.
import { z } from "zod";

/** Answers of one kind that the proxy made itself, whatever pool or route, if any, they were in. */
export const OwnAnswerCount = z.strictObject({
  /** Of the problem (`PROXY_PROBLEMS`), or `redirect` or `fixed-answer`. */
  code: z.string(),
  count: z.int().min(1),
});
export type OwnAnswerCount = z.infer<typeof OwnAnswerCount>;

/** Spans that a collector of traces took, and those that were lost: no room, refused, or not taken in time. */
export const SpanCounts = z.strictObject({ exported: z.int().min(0), dropped: z.int().min(0) });
export type SpanCounts = z.infer<typeof SpanCounts>;
