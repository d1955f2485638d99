// How a pool's nodes are probed.
import { z } from "zod";
import { durationMs } from "../common.ts";

/** Which statuses a probe accepts: inclusive ranges. */
export const StatusRange = z
  .strictObject({ from: z.int().min(100).max(599), to: z.int().min(100).max(599) })
  .refine((r) => r.from <= r.to, "from must not be above to");

/** Active checks: TCP connect, then HTTP. Rise/fall as HAProxy; any status below 500 passes, as API roots answer 401 or 404. */
export const HealthCheck = z.strictObject({
  enabled: z.boolean().default(true),
  intervalMs: durationMs(100, 3_600_000).default(5_000),
  timeoutMs: durationMs(10, 60_000).default(3_000),
  /** Consecutive failures that take a healthy node down (HAProxy `fall`). */
  fall: z.int().min(1).max(100).default(3),
  /** Consecutive passes that bring an unhealthy node back (HAProxy `rise`). */
  rise: z.int().min(1).max(100).default(2),
  http: z
    .strictObject({
      enabled: z.boolean().default(true),
      method: z.enum(["GET", "HEAD", "OPTIONS"]).default("GET"),
      path: z
        .string()
        .max(2000)
        .regex(/^\/[\x21-\x7e]*$/, "must start with / and hold no spaces")
        .default("/"),
      statuses: z
        .array(StatusRange)
        .min(1)
        .max(20)
        .default([{ from: 100, to: 499 }]),
    })
    .prefault({}),
});
export type HealthCheck = z.infer<typeof HealthCheck>;
