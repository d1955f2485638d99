// The configuration: pools of nodes, and the routes that lead to them. One document of this shape is one revision's
// content; the API's inputs, the forms, the database and the workers' snapshots are all read from these schemas.
// Defaults here make a pool of plain HTTP nodes work with name, algorithm and node URLs alone (see DESIGN of each
// setting in docs/configuration.md).
import { z } from "zod";
import { durationMs, Id, Name, Ratio } from "./common.ts";

export const ALGORITHMS = [
  "weighted-round-robin",
  "least-connections",
  "peak-ewma",
  "least-time",
  "random-two-choices",
  "consistent-hash",
] as const;
export const Algorithm = z.enum(ALGORITHMS);
export type Algorithm = z.infer<typeof Algorithm>;

/** What a consistent hash is computed from. */
export const HashKey = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("client-address") }),
  z.strictObject({ from: z.literal("path") }),
  z.strictObject({ from: z.enum(["header", "cookie", "query"]), name: z.string().min(1).max(100) }),
]);
export type HashKey = z.infer<typeof HashKey>;

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

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
export const HeaderName = z.string().min(1).max(100).regex(HEADER_NAME, "is not a header name");
/** Field value of RFC 9110: visible ASCII, spaces and tabs inside; never CR, LF or NUL. */
export const HeaderValue = z
  .string()
  .max(2000)
  .regex(/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$|^$/, "is not a header value");

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

/** Circuit breaker per node, Hystrix semantics: rolling window, minimum volume, error ratio, then half-open trials. */
export const BreakerSettings = z.strictObject({
  enabled: z.boolean().default(true),
  windowMs: durationMs(1_000, 600_000).default(10_000),
  minimumRequests: z.int().min(1).max(100_000).default(20),
  errorRatio: Ratio.default(0.5),
  openMs: durationMs(100, 600_000).default(5_000),
  /** A failed half-open trial doubles the open time, up to this. */
  maxOpenMs: durationMs(100, 3_600_000).default(60_000),
  halfOpenRequests: z.int().min(1).max(1_000).default(3),
});
export type BreakerSettings = z.infer<typeof BreakerSettings>;

/** Passive ejection of an outlier (Envoy): consecutive failures of real traffic, growing with each ejection. */
export const EjectionSettings = z.strictObject({
  enabled: z.boolean().default(true),
  consecutiveFailures: z.int().min(1).max(1_000).default(5),
  /** Answers cut short in a row that eject: clients may have seen part of them, so it takes fewer. */
  brokenAnswers: z.int().min(1).max(1_000).default(2),
  baseEjectionMs: durationMs(100, 600_000).default(5_000),
  maxEjectionMs: durationMs(100, 3_600_000).default(300_000),
  /** A suspect node that has said nothing for this long, tried now and then while others answered, is ejected; 0: it is not. */
  silentMs: durationMs(0, 600_000).default(1_000),
  /** At most this share of a pool is ejected; one node always may be. */
  maxEjectedRatio: Ratio.default(0.5),
});
export type EjectionSettings = z.infer<typeof EjectionSettings>;

/** Retries on another node, before commit only; a request that is not idempotent only when nothing of it was sent. */
export const RetrySettings = z.strictObject({
  /** Further attempts after the first. */
  maxRetries: z.int().min(0).max(10).default(2),
  /** Retries as a share of requests, over ten seconds (linkerd's budget); where nothing was sent, it is not asked. */
  budgetRatio: Ratio.default(0.2),
  /** Retries a second that are allowed besides. */
  minRetries: z.int().min(0).max(1_000).default(10),
  retryStatuses: z.array(z.int().min(400).max(599)).max(50).default([500, 502, 503, 504]),
  /** An answer to an idempotent request whose declared length is at most this is sent on when whole, so it can be retried; 0: never. */
  holdAnswerBytes: z.int().min(0).max(1_048_576).default(16_384),
});
export type RetrySettings = z.infer<typeof RetrySettings>;

/** A second node asked before the first has failed: GET, HEAD and OPTIONS that take long, and connects of any method. */
export const HedgeSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** The pool's own latency from which a second copy goes out, 0–1; and never sooner than `minDelayMs`. */
  percentile: z.number().min(0.5).max(0.999).default(0.95),
  minDelayMs: durationMs(1, 600_000).default(20),
  /** Second copies as a share of requests, over ten seconds, and those a second that are allowed besides. */
  budgetRatio: Ratio.default(0.1),
  minHedges: z.int().min(0).max(1_000).default(10),
  /** Whether another node is tried when a connect takes four times as long as usual (10–50 ms). */
  raceConnects: z.boolean().default(true),
  /** Requests in a row that stall at a silent node while others answer, until it is avoided; 0: it never is. */
  suspectAfter: z.int().min(0).max(1_000).default(3),
});
export type HedgeSettings = z.infer<typeof HedgeSettings>;

/** Slow start. `step` is the brief's curve: 10 %, +20 % each fifth of the window. */
export const WarmUpSettings = z.strictObject({
  enabled: z.boolean().default(true),
  curve: z.enum(["step", "linear", "exponential"]).default("step"),
  windowMs: durationMs(1_000, 86_400_000).default(1_500_000),
  /** Share of the weight at the start, 0–1. */
  startRatio: z.number().min(0.01).max(1).default(0.1),
});
export type WarmUpSettings = z.infer<typeof WarmUpSettings>;

export const Timeouts = z.strictObject({
  connectMs: durationMs(10, 120_000).default(2_000),
  /** From the request sent whole to the first byte of the answer. */
  firstByteMs: durationMs(10, 3_600_000).default(60_000),
  /** Between two pieces of an answer's body. */
  bodyIdleMs: durationMs(100, 3_600_000).default(60_000),
  queueMs: durationMs(0, 600_000).default(5_000),
  /** Without a byte in either direction behind an upgrade (WebSocket). */
  tunnelIdleMs: durationMs(1_000, 86_400_000).default(3_600_000),
});
export type Timeouts = z.infer<typeof Timeouts>;

/** Idle connections kept to the nodes, per proxy process. */
export const KeepAlive = z.strictObject({
  maxIdle: z.int().min(0).max(100_000).default(100),
  maxIdlePerNode: z.int().min(0).max(10_000).default(20),
  idleMs: durationMs(100, 3_600_000).default(90_000),
});
export type KeepAlive = z.infer<typeof KeepAlive>;

const poolFields = {
  name: Name,
  description: z.string().max(500).default(""),
  algorithm: Algorithm,
  hashKey: HashKey.default({ from: "client-address" }),
  /** Takes what no route matches. At most one pool is the default. */
  isDefault: z.boolean().default(false),
  /** `node`: the node's own host is sent; `keep`: the client's Host is passed on. */
  hostHeader: z.enum(["keep", "node"]).default("keep"),
  healthCheck: HealthCheck.prefault({}),
  breaker: BreakerSettings.prefault({}),
  ejection: EjectionSettings.prefault({}),
  retry: RetrySettings.prefault({}),
  hedge: HedgeSettings.prefault({}),
  warmUp: WarmUpSettings.prefault({}),
  timeouts: Timeouts.prefault({}),
  keepAlive: KeepAlive.prefault({}),
  /** Requests waiting for a free slot, per proxy process. */
  maxQueue: z.int().min(0).max(1_000_000).default(1_000),
  /** Healthy share below which health is ignored rather than overload what is left (Envoy's panic threshold); 0: only when nobody is healthy. */
  panicThreshold: Ratio.default(0),
  drainTimeoutMs: durationMs(0, 3_600_000).default(300_000),
};
const nodeFields = {
  name: Name,
  url: NodeUrl,
  weight: z.int().min(0).max(1000).default(1),
  backup: z.boolean().default(false),
  zone: z.string().trim().max(63).default(""),
  /** Requests in flight at once per worker; 0 is no limit. */
  maxInFlight: z.int().min(0).max(1_000_000).default(0),
};
const routeFields = {
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
    pathPrefix: z
      .string()
      .max(2000)
      .regex(/^\/[\x21-\x7e]*$/, "must start with / and hold no spaces")
      .regex(/^[^?#]*$/, "must not hold ? or #")
      .refine((p) => !p.split("/").some((s) => /^(\.|%2e){1,2}$/i.test(s)), "must not hold . or .. segments")
      .optional(),
    method: z
      .string()
      .max(20)
      .regex(/^[A-Z]+$/, "must be upper-case, such as GET")
      .optional(),
    /** Header name to the exact value it must have. */
    headers: z.record(HeaderName.toLowerCase(), HeaderValue).optional(),
  }),
  poolId: Id,
};

// Inputs of the API: strict, so that a misspelt field is named and never silently ignored.
export const PoolInput = z.strictObject(poolFields);
export type PoolInput = z.infer<typeof PoolInput>;
export const NodeInput = z.strictObject(nodeFields);
export type NodeInput = z.infer<typeof NodeInput>;
export const RouteInput = z.strictObject(routeFields);
export type RouteInput = z.infer<typeof RouteInput>;
/** Body of POST /pools: a pool, and the nodes it starts with in the same revision. */
export const PoolCreate = PoolInput.extend({ nodes: z.array(NodeInput).max(1_000).default([]) });
export type PoolCreate = z.infer<typeof PoolCreate>;

/** Entities inside a configuration document. Order of nodes is the order they were added in. */
export const ConfigNode = z.strictObject({ id: Id, ...nodeFields });
export type ConfigNode = z.infer<typeof ConfigNode>;
export const ConfigPool = z.strictObject({ id: Id, ...poolFields, nodes: z.array(ConfigNode) });
export type ConfigPool = z.infer<typeof ConfigPool>;
export const ConfigRoute = z.strictObject({ id: Id, ...routeFields });
export type ConfigRoute = z.infer<typeof ConfigRoute>;

/** The whole configuration: the content of one revision. */
export const ConfigDocument = z.strictObject({ pools: z.array(ConfigPool), routes: z.array(ConfigRoute) });
export type ConfigDocument = z.infer<typeof ConfigDocument>;
export const EMPTY_CONFIG: ConfigDocument = { pools: [], routes: [] };

/** A published revision as workers receive it. */
export const PublishedConfig = z.strictObject({ revision: z.int().min(0), document: ConfigDocument });
export type PublishedConfig = z.infer<typeof PublishedConfig>;

/**
 * PATCH bodies: any subset of the input's fields, one level of settings groups merged (`{breaker: {openMs: 1}}` keeps
 * the other breaker settings). They are merged over the present entity and the result parsed by the input's schema.
 */
export const Patch = z.record(z.string(), z.unknown());
export type Patch = z.infer<typeof Patch>;
