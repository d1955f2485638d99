// Which requests go where: to a pool, or to an answer that the route gives by itself; and what is done to them on the way.
import * as z from "zod";
import { Id } from "../common.ts";
import { AnswerHeaderEdits, HeaderName, HeaderValue, RequestHeaderEdits } from "./header.ts";
import { PathPrefix } from "./path-prefix.ts";
import { RateLimit } from "./rate-limit.ts";
import { RouteRecording } from "./recording.ts";
import { isBodyless, RouteAction } from "./route-action.ts";

/** Which requests are sent to a second node when the first is slow: those of safe methods, all, or none. */
export const ROUTE_HEDGES = ["safe", "all", "off"] as const;
export const RouteHedge = z.enum(ROUTE_HEDGES);
export type RouteHedge = z.infer<typeof RouteHedge>;

export const routeFields = {
  name: z.string().trim().max(63).default(""),
  match: z.strictObject({
    /** `api.example.org`, or `*.example.org` for any name below it; without port. */
    host: z
      .string()
      .trim()
      .toLowerCase()
      .max(253)
      .regex(
        /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$|^\[[0-9a-f:.]+\]$/,
        "must be a host name or *.name, without port",
      )
      .optional(),
    /** Matched on whole segments: `/api` matches `/api` and `/api/x`, never `/apix`. */
    pathPrefix: PathPrefix.optional(),
    method: z
      .string()
      .max(20)
      .regex(/^[A-Z]+$/, "must be upper-case, such as GET")
      .optional(),
    /** Header name to the exact value it must have. */
    headers: z.record(HeaderName.toLowerCase(), HeaderValue).optional(),
  }),
  /** Where the requests go; null: the route answers them by itself (`action`). */
  poolId: Id.nullable().default(null),
  /** Instead of a pool: a redirect, or a fixed answer. */
  action: RouteAction.nullable().default(null),
  /** Takes the place of the matched prefix in the path that the node sees; null: the path is forwarded unchanged. */
  pathRewrite: PathPrefix.refine((p) => !p.startsWith("//") && !p.includes("\\"), "must not start with // or hold \\")
    .nullable()
    .default(null),
  requestHeaders: RequestHeaderEdits.prefault({}),
  responseHeaders: AnswerHeaderEdits.prefault({}),
  /** Of a request's body; larger ones are answered with 413. 0: no limit. */
  maxBodyBytes: z.int().min(0).max(1_000_000_000_000).default(0),
  rateLimit: RateLimit.nullable().default(null),
  /** Class of its requests in their pool (`classes`), whatever else they hold; empty: what the pool's classes make of them. */
  requestClass: z.string().trim().max(63).default(""),
  /** With `all`, a slow POST may be carried out by two nodes; as everywhere only if its body has at most 64 KiB. */
  hedge: RouteHedge.default("safe"),
  recording: RouteRecording.prefault({}),
};

type RouteFields = z.infer<z.ZodObject<typeof routeFields>>;

/** What the fields of one route may not say together. */
export function checkRoute(route: RouteFields, ctx: z.RefinementCtx<RouteFields>): void {
  const { action, match, poolId, pathRewrite } = route;
  const fault = (path: string[], message: string) => ctx.addIssue({ code: "custom", path, message, input: route });
  if (poolId === null && action === null) fault(["poolId"], "is required, unless the route answers by itself (action)");
  if (poolId !== null && action !== null) fault(["action"], "must be null for a route that leads to a pool (poolId)");
  if (action === null) return;
  if (pathRewrite !== null) fault(["pathRewrite"], "is for routes that lead to a pool");
  if (route.requestClass !== "") fault(["requestClass"], "is for routes that lead to a pool");
  if (action.kind === "redirect" && action.location.includes("{host}") && match.host === undefined)
    fault(["action", "location"], "may hold {host} only if the route matches a host");
  if (action.kind === "respond" && isBodyless(action.status) && action.body !== "")
    fault(["action", "body"], "must be empty: answers with this status have no body");
}
