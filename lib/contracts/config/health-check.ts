// How a pool's nodes are probed, in levels: each asks more of a node than the one before, and has its own rhythm.
import * as z from "zod";
import { durationMs } from "../common.ts";
import { Pattern } from "../pattern.ts";
import { HeaderName, HeaderValue } from "./header.ts";
import { openOrSecret } from "./secret.ts";

/** From the plainest to the most telling; a level that cannot even connect fails as the one below it does. */
export const CHECK_LEVELS = ["tcp", "http", "business", "grpc"] as const;
export type CheckLevel = (typeof CHECK_LEVELS)[number];

/** Which statuses a probe accepts: inclusive ranges. */
export const StatusRange = z
  .strictObject({ from: z.int().min(100).max(599), to: z.int().min(100).max(599) })
  .refine((r) => r.from <= r.to, "from must not be above to");
const statuses = z.array(StatusRange).min(1).max(20);

/** A level's own rhythm; null: that of the health check as a whole. */
const rhythm = {
  intervalMs: durationMs(100, 3_600_000).nullable().default(null),
  timeoutMs: durationMs(10, 60_000).nullable().default(null),
};

/** Fields that frame a message or steer the connection are the check's own to write. */
const OWN_FIELDS =
  /^(host|connection|content-length|transfer-encoding|keep-alive|upgrade|te|trailer|expect|accept-encoding)$/;
const CheckHeaders = z
  .record(HeaderName.toLowerCase(), openOrSecret(HeaderValue))
  .superRefine((headers, ctx) => {
    if (Object.keys(headers).length > 20) ctx.addIssue({ code: "custom", message: "has more than 20 headers" });
    for (const name of Object.keys(headers))
      if (OWN_FIELDS.test(name))
        ctx.addIssue({ code: "custom", path: [name], message: "is written by the check itself" });
  })
  .default({});

const checkRequest = {
  method: z.enum(["GET", "HEAD", "OPTIONS", "POST"]).default("GET"),
  path: z
    .string()
    .max(2000)
    .regex(/^\/[\x21-\x7e]*$/, "must start with / and hold no spaces")
    .default("/"),
  /** Value of `Host`; empty: the node's own host and port. */
  host: z
    .string()
    .max(300)
    .regex(/^[A-Za-z0-9._~:[\]-]*$/, "must be a host name, with a port if need be")
    .default(""),
  /** A value may be a secret. They stand beside the node's credentials, which decide where both say something. */
  headers: CheckHeaders,
  /** Sent with POST only; its type is what `headers` say, or JSON. */
  body: z.string().max(16_384).default(""),
};

/** `$`, `$.status`, `$.items[0].state`, `$["odd name"]`. */
export const JSON_PATH = /^\$(?:\.[\p{L}_][\p{L}\p{N}_-]*|\[\d{1,6}\]|\["[^"\\]{1,200}"\])*$/u;
const JsonPath = z.string().max(500).regex(JSON_PATH, 'must be like $.status or $.items[0]["a name"]');
const JsonValue = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);

export const EXPECTATION_KINDS = [
  "header-equals",
  "header-matches",
  "body-contains",
  "body-matches",
  "json-exists",
  "json-equals",
  "json-differs",
  "json-above",
  "json-below",
] as const;
/** One thing that an answer must fulfil. Ordered comparisons are of numbers. */
export const Expectation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("header-equals"), name: HeaderName, value: HeaderValue }),
  z.strictObject({ kind: z.literal("header-matches"), name: HeaderName, pattern: Pattern }),
  z.strictObject({ kind: z.literal("body-contains"), text: z.string().min(1).max(2_000) }),
  z.strictObject({ kind: z.literal("body-matches"), pattern: Pattern }),
  z.strictObject({ kind: z.literal("json-exists"), path: JsonPath }),
  z.strictObject({ kind: z.enum(["json-equals", "json-differs"]), path: JsonPath, value: JsonValue }),
  z.strictObject({ kind: z.enum(["json-above", "json-below"]), path: JsonPath, value: z.number() }),
]);
export type Expectation = z.infer<typeof Expectation>;

/**
 * Active checks. Rise and fall as HAProxy, counted for each level by itself: a level that is checked seldom would never
 * fail three times in a row among the passes of another. They are one pair for the pool, as how fast a level decides is
 * set by its interval.
 */
export const HealthCheck = z
  .strictObject({
    enabled: z.boolean().default(true),
    /** Whether the levels of HTTP and gRPC send the node's credentials, as requests do. */
    credentials: z.boolean().default(true),
    intervalMs: durationMs(100, 3_600_000).default(5_000),
    timeoutMs: durationMs(10, 60_000).default(3_000),
    /** Consecutive failures of a level that take a healthy node down (HAProxy `fall`). */
    fall: z.int().min(1).max(100).default(3),
    /** Consecutive passes of that level that bring it back (HAProxy `rise`). */
    rise: z.int().min(1).max(100).default(2),
    /** Intervals vary by this share of themselves, so that checks do not come in bursts (HAProxy `spread-checks`). */
    jitterRatio: z.number().min(0).max(0.5).default(0.1),
    /** Interval of a level on its way down or up, as a multiple of its interval (HAProxy `fastinter`). */
    changingIntervalFactor: z.number().min(0.01).max(10).default(1),
    /** Interval of a level that is down and has not passed since, likewise (HAProxy `downinter`). */
    downIntervalFactor: z.number().min(0.01).max(10).default(1),
    /** TCP connect, and TLS where the node's URL is https. */
    tcp: z.strictObject({ enabled: z.boolean().default(true), ...rhythm }).prefault({}),
    /** Any status below 500 passes, as API roots answer 401 or 404. */
    http: z
      .strictObject({
        enabled: z.boolean().default(true),
        ...rhythm,
        ...checkRequest,
        statuses: statuses.default([{ from: 100, to: 499 }]),
      })
      .prefault({}),
    /** What the answer to a request of its own must hold: all of `expect`. */
    business: z
      .strictObject({
        enabled: z.boolean().default(false),
        ...rhythm,
        ...checkRequest,
        statuses: statuses.default([{ from: 200, to: 299 }]),
        /** Of the answer's body, no more is read and judged. */
        maxBodyBytes: z.int().min(1).max(1_048_576).default(65_536),
        expect: z.array(Expectation).max(20).default([]),
      })
      .prefault({}),
    /** `grpc.health.v1.Health/Check` must answer SERVING: over TLS for https nodes, else h2c. */
    grpc: z
      .strictObject({
        enabled: z.boolean().default(false),
        ...rhythm,
        /** Empty: the server as a whole. */
        service: z.string().max(200).default(""),
      })
      .prefault({}),
  })
  .superRefine((check, ctx) => {
    if (check.enabled && !CHECK_LEVELS.some((level) => check[level].enabled))
      ctx.addIssue({ code: "custom", path: ["tcp", "enabled"], message: "at least one level must be on" });
    for (const level of ["http", "business"] as const)
      if (check[level].body !== "" && check[level].method !== "POST")
        ctx.addIssue({ code: "custom", path: [level, "body"], message: "is sent with POST only" });
    if (check.business.enabled && check.business.method === "HEAD" && check.business.expect.some(readsBody))
      ctx.addIssue({ code: "custom", path: ["business", "method"], message: "HEAD brings no body to judge" });
  });
export type HealthCheck = z.infer<typeof HealthCheck>;

const readsBody = ({ kind }: { kind: string }): boolean => !kind.startsWith("header");
