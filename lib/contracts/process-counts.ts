// What a process counts besides what clients met of its pools, nodes and routes.
import { z } from "zod";
import { Id } from "./common.ts";

/** Answers of one kind that the proxy made itself, whatever pool or route, if any, they were in. */
export const OwnAnswerCount = z.strictObject({
  /** Of the problem (`PROXY_PROBLEMS`), or `redirect` or `fixed-answer`. */
  code: z.string(),
  count: z.int().min(1),
});
export type OwnAnswerCount = z.infer<typeof OwnAnswerCount>;

/** What a route did by itself: no pool, and no node, had a part in it. */
export const RouteCounts = z.strictObject({
  routeId: Id,
  /** Redirects and fixed answers. */
  answered: z.int().min(0),
  /** Refused with 429. */
  limited: z.int().min(0),
  /** Refused with 413. */
  tooLarge: z.int().min(0),
});
export type RouteCounts = z.infer<typeof RouteCounts>;

/** Spans that a collector of traces took, and those that were lost: no room, refused, or not taken in time. */
export const SpanCounts = z.strictObject({ exported: z.int().min(0), dropped: z.int().min(0) });
export type SpanCounts = z.infer<typeof SpanCounts>;
