// One upstream endpoint.
import * as z from "zod";
import { Name } from "../common.ts";
import { NodeCredentials } from "./credential.ts";
import { RequestHeaderEdits } from "./header.ts";
import { Labels } from "./labels.ts";
import { NodeQuota, NodeRateLimit } from "./node-budget.ts";
import { ScrapeUrl } from "./resources.ts";

/** Origin of a node, optionally with a base path: `http://10.0.0.7:8080`, `https://api.example.org/v1`. */
export const NodeUrl = z
  .string()
  .trim()
  .max(2000)
  .superRefine((text, ctx) => {
    const fault = (message: string) => ctx.addIssue({ code: "custom", message });
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url) return fault("must be a URL such as http://10.0.0.7:8080");
    if (url.protocol !== "http:" && url.protocol !== "https:") fault("must start with http:// or https://");
    if (url.username || url.password) fault("must not carry a user name or password");
    if (url.search || url.hash) fault("must not carry a query or a fragment");
    if (url.port === "0") fault("must name a port from 1 to 65535");
  })
  .transform((text) => new URL(text).href.replace(/\/$/, ""));

export const nodeFields = {
  name: Name,
  url: NodeUrl,
  weight: z.int().min(0).max(1000).default(1),
  backup: z.boolean().default(false),
  /** Level of priority: 0 is used first, the next ones take what spills over (Envoy's priority levels). */
  priority: z.int().min(0).max(15).default(0),
  /** Where it stands; compared, letter by letter, with the worker's own zone where the pool prefers that. */
  zone: z.string().trim().max(63).default(""),
  /** What silences, maintenance windows and channels may mean it by. */
  labels: Labels,
  /** Requests in flight at once per worker, over all its proxy processes; 0 is no limit. */
  maxInFlight: z.int().min(0).max(1_000_000).default(0),
  /** Requests that it may be sent over time; null: no limit. While it may be sent none, others get them. */
  rateLimit: NodeRateLimit.nullable().default(null),
  quota: NodeQuota.nullable().default(null),
  /** Changed in the requests that this node gets, after the route's edits. */
  requestHeaders: RequestHeaderEdits.prefault({}),
  /** Secrets that each request to this node carries, and no request to another. Laid over everything else. */
  credentials: NodeCredentials,
  /** Where its CPU, memory and queue are asked for, where that is not where its pool (`resources.url`) says; empty: there. */
  resourcesUrl: ScrapeUrl.default(""),
};
