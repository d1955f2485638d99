// Errors as people and programs meet them: RFC 9457 problem+json with a stable `code`, at every edge of the product.
import * as z from "zod";
import { Conflict, Warning } from "./publishing.ts";

/** One fault in an input: where it is (JSON path, `[]` is the whole) and what is wrong with it. */
export const Fault = z.object({
  path: z.array(z.union([z.string(), z.int()])),
  code: z.string(),
  message: z.string(),
  /** Of a text that was sent, such as YAML: where in it, from 1. */
  line: z.int().optional(),
  column: z.int().optional(),
});
export type Fault = z.infer<typeof Fault>;

/** Codes answered by the API, with their HTTP status. A code never changes its meaning. */
export const API_PROBLEMS = {
  "invalid-input": 400,
  "invalid-json": 400,
  unauthenticated: 401,
  forbidden: 403,
  "out-of-scope": 403,
  "people-only": 403,
  "wrong-password": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  conflict: 409,
  "duplicate-name": 409,
  "pool-in-use": 409,
  "route-tie": 409,
  "canary-running": 409,
  "canary-over": 409,
  "last-admin": 409,
  "unsafe-operation": 409,
  "person-exists": 409,
  "invitation-invalid": 410,
  "change-set-conflicts": 409,
  "change-set-published": 409,
  "nothing-to-publish": 409,
  "unconfirmed-warnings": 409,
  "stale-revision": 412,
  "stale-change-set": 412,
  "payload-too-large": 413,
  "unsupported-media-type": 415,
  "too-many-requests": 429,
  internal: 500,
  "identity-provider-unavailable": 502,
  "database-unavailable": 503,
  "no-worker-answer": 504,
} as const satisfies Record<string, number>;
export type ApiProblemCode = keyof typeof API_PROBLEMS;

/** Codes of answers that the proxy makes itself, with their HTTP status. */
export const PROXY_PROBLEMS = {
  "bad-request": 400,
  "ambiguous-request": 400,
  "client-head-timeout": 408,
  "client-body-timeout": 408,
  "client-body-too-slow": 408,
  "no-route": 404,
  "payload-too-large": 413,
  "too-many-connections": 429,
  "uri-too-long": 414,
  "head-too-large": 431,
  "expectation-failed": 417,
  "rate-limited": 429,
  "method-not-implemented": 501,
  "loop-detected": 508,
  "http-version-not-supported": 505,
  "bad-gateway": 502,
  "connect-failed": 502,
  "tls-fault": 502,
  "no-usable-node": 503,
  "nodes-cooling": 503,
  "breakers-open": 503,
  "nodes-rate-limited": 503,
  "quotas-spent": 503,
  "nodes-out": 503,
  "queue-full": 503,
  "queue-timeout": 503,
  "not-configured": 503,
  "proxy-stopping": 503,
  "connections-exhausted": 503,
  "connect-timeout": 504,
  "first-byte-timeout": 504,
  "answer-body-timeout": 504,
  "request-timeout": 504,
} as const satisfies Record<string, number>;
export type ProxyProblemCode = keyof typeof PROXY_PROBLEMS;

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  /** `database-unavailable`: when the database answered last, where that is known. */
  since: z.string().optional(),
  faults: z.array(Fault).optional(),
  /** `unconfirmed-warnings`: all that must be confirmed. */
  warnings: z.array(Warning).optional(),
  /** `change-set-conflicts`: all of them, with both sides. */
  conflicts: z.array(Conflict).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** An expected failure of a service: a stable code, a message fit for people, and the cause kept for the log. */
export class ServiceError extends Error {
  override name = "ServiceError";
  readonly code: ApiProblemCode;
  readonly faults: Fault[];
  readonly warnings: Warning[];
  readonly conflicts: Conflict[];
  /** When it makes sense to try again; told as Retry-After. */
  readonly retryAfterMs: number | undefined;
  /** Since when it is so: ISO 8601. */
  readonly since: string | undefined;
  constructor(
    code: ApiProblemCode,
    message: string,
    options: {
      faults?: Fault[];
      warnings?: Warning[];
      conflicts?: Conflict[];
      cause?: unknown;
      retryAfterMs?: number;
      since?: string;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
    this.warnings = options.warnings ?? [];
    this.conflicts = options.conflicts ?? [];
    this.retryAfterMs = options.retryAfterMs;
    this.since = options.since;
  }
  get status(): number {
    return API_PROBLEMS[this.code];
  }
}
