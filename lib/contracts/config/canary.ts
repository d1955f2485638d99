// Which clients a canary gets, and what it must show to be promoted (lib/core/canary).
import * as z from "zod";
import { durationMs } from "../common.ts";

/** What tells clients apart. A request that lacks its header or cookie is told by its client's address. */
export const CanaryKey = z.discriminatedUnion("from", [
  /** An IPv6 client by its network of 64 bits: all of that is one client's to choose from. */
  z.strictObject({ from: z.literal("client-address") }),
  z.strictObject({ from: z.enum(["header", "cookie"]), name: z.string().min(1).max(100) }),
]);
export type CanaryKey = z.infer<typeof CanaryKey>;

export const CanarySettings = z.strictObject({
  /** Of the clients, in percent. */
  sharePercent: z.int().min(1).max(50).default(10),
  key: CanaryKey.default({ from: "client-address" }),
  /** For how long the two are compared before the canary is promoted. */
  durationMs: durationMs(1_000, 86_400_000).default(600_000),
  /** Answered requests that each of the two must have for a promotion. */
  minRequests: z.int().min(10).max(10_000_000).default(200),
  /** By how many percentage points the canary's success rate may be below that of the revision in force. */
  maxSuccessDropPoints: z.number().min(0).max(100).default(1),
  /** How many times as long as with the revision in force the canary's P99 may be. */
  maxP99Ratio: z.number().min(1).max(100).default(1.5),
  /** A P99 that is longer by no more than this is never held against the canary: a ratio of tiny times says little. */
  p99SlackMs: durationMs(0, 60_000).default(10),
});
export type CanarySettings = z.infer<typeof CanarySettings>;
