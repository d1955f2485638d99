// Who waits for a slot at a node, in which order and for how long; and how many slots a node has.
import * as z from "zod";
import { durationMs, Name } from "../common.ts";
import { HeaderName, HeaderValue } from "./header.ts";
import { PathPrefix } from "./path-prefix.ts";

/** What the requests of no class are called where queues are told apart. */
export const DEFAULT_CLASS = "default";

const ClassName = Name.refine((name) => name.toLowerCase() !== DEFAULT_CLASS, {
  error: `${DEFAULT_CLASS} is what the requests of no class are called`,
});

/** Of all classes of a pool together: something must be left for the lowest. */
const MAX_RESERVED = 0.9;

/**
 * Requests that wait in a queue of their own. A request is of the class that its route names (`requestClass`), else of the
 * first one in the list whose header or path it has. A header is the client's claim, unless a proxy in front sets it.
 */
export const RequestClass = z.strictObject({
  name: ClassName,
  /** Requests whose header has exactly one of these values. */
  header: z
    .strictObject({ name: HeaderName.toLowerCase(), values: z.array(HeaderValue).min(1).max(20) })
    .nullable()
    .default(null),
  /** Requests whose path begins with one of these, on whole segments. */
  pathPrefixes: z.array(PathPrefix).max(20).default([]),
  /** Most of its requests that wait, per proxy process; further ones are refused. */
  maxQueue: z.int().min(0).max(1_000_000).default(1_000),
  /** How long one waits at most. */
  queueMs: durationMs(0, 600_000).default(5_000),
  /** Share of each node's slots that no request of a lower class gets, nor one of no class: they are there when one of this comes. */
  reservedRatio: z.number().min(0).max(MAX_RESERVED).default(0),
});
export type RequestClass = z.infer<typeof RequestClass>;

/** In order of priority, the highest first; requests of no class come last. */
export const RequestClasses = z
  .array(RequestClass)
  .max(8)
  .superRefine((classes, ctx) => {
    const seen = new Set<string>();
    let reserved = 0;
    for (const [at, { name, reservedRatio }] of classes.entries()) {
      reserved += reservedRatio;
      if (reservedRatio > 0 && reserved > MAX_RESERVED + 1e-9)
        ctx.addIssue({
          code: "custom",
          path: [at, "reservedRatio"],
          message: `the classes reserve more than ${MAX_RESERVED * 100} % together`,
        });
      const key = name.toLowerCase();
      if (seen.has(key)) ctx.addIssue({ code: "custom", path: [at, "name"], message: "another class has this name" });
      seen.add(key);
    }
  })
  .default([]);

/**
 * A limit of requests in flight that each node is found to take, from all proxy processes of a worker
 * (lib/core/adaptive-limit.ts), besides the node's own `maxInFlight`: what is above it waits as for a node that is full.
 */
export const AdaptiveConcurrency = z
  .strictObject({
    enabled: z.boolean().default(false),
    /** Of the limit, per node, for all proxy processes of a worker. */
    minLimit: z.int().min(1).max(10_000).default(3),
    maxLimit: z.int().min(1).max(100_000).default(1_000),
    /** By how much answers may be slower than those of the node without load, before the limit falls. */
    toleranceRatio: z.number().min(0.05).max(10).default(0.5),
    /** How often it is judged, if there were ten answers. */
    windowMs: durationMs(50, 60_000).default(100),
    /** How often it is measured anew how fast the node is without load, with half of the limit. */
    remeasureMs: durationMs(1_000, 3_600_000).default(60_000),
  })
  .refine(({ minLimit, maxLimit }) => minLimit <= maxLimit, {
    path: ["maxLimit"],
    error: "must not be below the lowest limit",
  });
export type AdaptiveConcurrency = z.infer<typeof AdaptiveConcurrency>;
