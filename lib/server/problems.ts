// The one mapper from whatever was thrown to an answer that people and programs understand (RFC 9457).
import { z } from "zod";
import { API_PROBLEMS, type ApiProblemCode, type Problem, ServiceError } from "#lib/contracts/problem.ts";
import { faultsOf } from "#lib/core/faults.ts";
import { invalidInput } from "#lib/services/parse.ts";
import { Prisma } from "#lib/store/generated/client.ts";

const TITLES: Record<ApiProblemCode, string> = {
  "invalid-input": "The input is not valid",
  "invalid-json": "The body is not valid JSON",
  unauthenticated: "Who are you?",
  forbidden: "Not allowed",
  "out-of-scope": "Outside the pools of this token",
  "people-only": "Only for people signed in",
  "wrong-password": "The password is not right",
  "not-found": "Not found",
  "method-not-allowed": "Method not allowed",
  conflict: "Not possible in the present state",
  "duplicate-name": "The name is taken",
  "pool-in-use": "The pool is in use",
  "route-tie": "Two routes match the same requests",
  "canary-running": "A canary runs",
  "canary-over": "The canary is over",
  "unsafe-operation": "Too little would be left to serve",
  "last-admin": "The last active administrator stays",
  "person-exists": "The person has an account already",
  "invitation-invalid": "The invitation is not valid (any more)",
  "change-set-conflicts": "Others have published changes of the same",
  "change-set-published": "The change set is published already",
  "nothing-to-publish": "There is nothing to publish",
  "unconfirmed-warnings": "Warnings must be confirmed",
  "stale-change-set": "The change set has changed meanwhile",
  "stale-revision": "The configuration has changed meanwhile",
  "payload-too-large": "The body is too large",
  "unsupported-media-type": "The body is not JSON",
  "too-many-requests": "Too many requests",
  internal: "Internal error",
  "identity-provider-unavailable": "The identity provider does not answer",
  "database-unavailable": "The database is not available",
  "no-worker-answer": "No worker answered in time",
};

/** Answer for `error`; what nobody expected is logged with its cause, and told only by the request id. */
export function problemResponse(error: unknown, requestId: string, instance: string): Response {
  const known = toServiceError(error);
  // That the database is lost is in the log once, not with every request of an outage.
  if (known.status >= 500 && known.since === undefined) log(known, requestId, instance);
  const problem: Problem = {
    type: `urn:gemini-balance:problem:${known.code}`,
    title: TITLES[known.code],
    status: known.status,
    code: known.code,
    detail: known.message,
    instance,
    requestId,
    ...(known.since !== undefined && { since: known.since }),
    ...(known.faults.length > 0 && { faults: known.faults }),
    ...(known.warnings.length > 0 && { warnings: known.warnings }),
    ...(known.conflicts.length > 0 && { conflicts: known.conflicts }),
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (known.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="gemini-balance"');
  if (known.code === "database-unavailable") headers.set("retry-after", "1");
  if (known.retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(known.retryAfterMs / 1_000)));
  return new Response(JSON.stringify(problem), { status: known.status, headers });
}

/** Statuses of the API's codes, for the document. */
export const statusOf = (code: ApiProblemCode): number => API_PROBLEMS[code];
export const titleOf = (code: ApiProblemCode): string => TITLES[code];

export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof z.ZodError) return invalidInput(faultsOf(error));
  if (isUniqueViolation(error)) return new ServiceError("duplicate-name", "That name is taken.", { cause: error });
  if (isConnectionFault(error))
    return new ServiceError("database-unavailable", "The database does not answer. Try again in a moment.", {
      cause: error,
    });
  return new ServiceError("internal", "Something went wrong here. Tell the request id to whoever runs this server.", {
    cause: error,
  });
}

const isUniqueViolation = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** Prisma's own codes for "no usable database", those of sockets, and PostgreSQL's (08, 28, 3D000, 57P0x, 53300). */
const CONNECTION_CODES =
  /^(P1000|P1001|P1002|P1003|P1008|P1017|P2024|P2028|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|08\w{3}|28\w{3}|3D000|57014|57P0\d|53300)$/;
const CONNECTION_MESSAGES =
  /connection terminated|query read timeout|timeout exceeded when trying to connect|server has closed the connection|can't reach database/i;

/** Whether the database, not the request, is at fault; adapters wrap the cause, so the whole chain is looked at. */
function isConnectionFault(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const code = "code" in at ? String(at.code) : "";
    // A raw query's error has PostgreSQL's own code in its message only.
    const [, raw = ""] = /Code: `(\w+)`/.exec(at.message) ?? [];
    if ([code, raw].some((each) => CONNECTION_CODES.test(each)) || CONNECTION_MESSAGES.test(at.message)) return true;
    if ("kind" in at && String(at.kind) === "DatabaseNotReachable") return true;
  }
  return false;
}

/** An outage fails every request in the same way: one line each, without the stack. */
function log({ code, cause }: ServiceError, requestId: string, instance: string): void {
  const text = cause instanceof Error ? cause : new Error(String(cause));
  const error = code === "internal" ? (text.stack ?? text.message) : text.message.trim().split("\n").at(-1);
  console.error(JSON.stringify({ level: code === "internal" ? "error" : "warn", requestId, instance, code, error }));
}
