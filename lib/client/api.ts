// The one way from the browser to the REST API: answers are parsed by the contracts, errors are RFC 9457 problems.
import * as z from "zod";
import { type Fault, Problem } from "#lib/contracts/problem.ts";
import type { Conflict, Warning } from "#lib/contracts/publishing.ts";

// The pages' policy lets no text become code, and the browser reports even that zod tries.
z.config({ jitless: true });

/** A failed call. `code` is the API's stable code, or `network` (no answer) or `unreadable` (an answer out of contract). */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly faults: Fault[];
  readonly warnings: Warning[];
  readonly conflicts: Conflict[];
  readonly requestId: string | null;
  /** `database-unavailable`: when the database answered last, ISO 8601, where the server knows it. */
  readonly since: string | null;
  constructor(init: {
    status: number;
    code: string;
    message: string;
    faults?: Fault[];
    warnings?: Warning[];
    conflicts?: Conflict[];
    requestId?: string | null;
    since?: string | null;
    cause?: unknown;
  }) {
    super(init.message, { cause: init.cause });
    this.status = init.status;
    this.code = init.code;
    this.faults = init.faults ?? [];
    this.warnings = init.warnings ?? [];
    this.conflicts = init.conflicts ?? [];
    this.requestId = init.requestId ?? null;
    this.since = init.since ?? null;
  }
}

export type Query = Record<string, string | number | undefined>;
type CallOptions = { method?: string; query?: Query; body?: unknown; ifMatch?: number; signal?: AbortSignal } & {
  /** Told the headers of an answer that was no failure. */
  onHeaders?: (headers: Headers) => void;
};

/** Address of `/api/v1` + `path` with the defined members of `query`. */
export function apiUrl(path: string, query: Query = {}): string {
  const defined = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(defined.map(([key, value]) => [key, String(value)])).toString();
  return `/api/v1${path}${search ? `?${search}` : ""}`;
}

async function send(path: string, options: CallOptions): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (options.body !== undefined) headers.set("content-type", "application/json");
  // The API compares it with the head revision and answers 412 `stale-revision` when somebody was faster.
  if (options.ifMatch !== undefined) headers.set("if-match", `"${options.ifMatch}"`);
  try {
    return await fetch(apiUrl(path, options.query), {
      method: options.method ?? "GET",
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError({ status: 0, code: "network", message: "The server cannot be reached", cause });
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const problem = Problem.safeParse(await response.json().catch(() => null));
  const requestId = response.headers.get("x-request-id");
  if (!problem.success)
    return new ApiError({ status: response.status, code: "unreadable", message: response.statusText, requestId });
  const { code, title, detail, faults, warnings, conflicts } = problem.data;
  return new ApiError({
    status: response.status,
    code,
    message: detail ?? title,
    faults,
    warnings,
    conflicts,
    requestId: problem.data.requestId ?? requestId,
    since: problem.data.since ?? null,
  });
}

/**
 * Calls the API and parses its answer by `schema`.
 * @throws {ApiError} for every failure except an abort by `signal`.
 */
export async function call<T extends z.ZodType>(
  path: string,
  schema: T,
  options: CallOptions = {},
): Promise<z.output<T>> {
  const response = await send(path, options);
  if (!response.ok) throw await problemOf(response);
  options.onHeaders?.(response.headers);
  const body: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiError({
    status: response.status,
    code: "unreadable",
    message: `The answer of ${path} is not understood: ${z.prettifyError(parsed.error)}`,
    requestId: response.headers.get("x-request-id"),
  });
}
