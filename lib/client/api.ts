// The one way from the browser to the REST API. Answers are typed by the contracts, which the server is held to by its tests:
// to check them here again would be a fifth of all that a page loads. Errors are RFC 9457 problems.
import type { Fault, Problem } from "#lib/contracts/problem.ts";
import type { Conflict, Warning } from "#lib/contracts/publishing.ts";

/** A failed call. `code` is the API's stable code, or `network` (no answer) or `unreadable` (an answer that is not the API's). */
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
  const problem: unknown = await response.json().catch(() => null);
  const requestId = response.headers.get("x-request-id");
  if (!isProblem(problem))
    return new ApiError({ status: response.status, code: "unreadable", message: response.statusText, requestId });
  const { code, title, detail, faults, warnings, conflicts } = problem;
  return new ApiError({
    status: response.status,
    code,
    message: detail ?? title,
    faults,
    warnings,
    conflicts,
    requestId: problem.requestId ?? requestId,
    since: problem.since ?? null,
  });
}

/** Something between the browser and the API may answer with what has no code. */
const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";

/** Lists of configuration come whole; histories come as pages (lib/contracts). */
export type ListOf<T> = { items: T[] };
export type PageOf<T> = { items: T[]; nextCursor: string | null };

/**
 * Calls the API. @returns its answer, of the type that the path's contract says
 * @throws {ApiError} for every failure except an abort by `signal`.
 */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (!response.ok) throw await problemOf(response);
  options.onHeaders?.(response.headers);
  if (response.status === 204) return undefined as T;
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError({
      status: response.status,
      code: "unreadable",
      message: `The answer of ${path} is not understood`,
      requestId: response.headers.get("x-request-id"),
      cause,
    });
  }
}
