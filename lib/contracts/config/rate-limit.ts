// How many requests a route lets through, by whom they are counted.
import * as z from "zod";
import { durationMs } from "../common.ts";

/** Whose requests are counted together. A request without the header, cookie or parameter is counted by its client's address. */
export const RateLimitKey = z.discriminatedUnion("from", [
  /** An IPv6 client is counted by its network of 64 bits: all of that is one client's to choose from. */
  z.strictObject({ from: z.literal("client-address") }),
  z.strictObject({ from: z.literal("path") }),
  /** All requests of the route together. */
  z.strictObject({ from: z.literal("route") }),
  z.strictObject({ from: z.enum(["header", "cookie", "query"]), name: z.string().min(1).max(100) }),
]);
export type RateLimitKey = z.infer<typeof RateLimitKey>;

/** A token bucket for each key; it holds for the worker, over all its proxy processes. */
export const RateLimit = z.strictObject({
  /** Requests in `windowMs`, for each key. */
  requests: z.int().min(1).max(1_000_000),
  windowMs: durationMs(1_000, 86_400_000).multipleOf(1_000, "must be whole seconds").default(1_000),
  /** Requests that may come at once; 0: as many as `requests`. */
  burst: z.int().min(0).max(1_000_000).default(0),
  key: RateLimitKey.default({ from: "client-address" }),
});
export type RateLimit = z.infer<typeof RateLimit>;
