// Errors as people and programs meet them: RFC 9457 problem+json with a stable `code`, at every edge of the product.
import * as z from "zod";
import { API_PROBLEMS, type ApiProblemCode } from "./problem-codes.ts";
import { Conflict, Warning } from "./publishing.ts";

export * from "./problem-codes.ts";

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
