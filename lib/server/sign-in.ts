// What of better-auth is reachable over HTTP: signing in and out. Everything else that it offers (signing up, changing
// passwords, ending sessions) would go around our audit and our roles; /api/v1 has what people need of it.
import { ServiceError } from "#lib/contracts/problem.ts";
import { isRecord } from "#lib/core/config/same.ts";
import { auth } from "#lib/server/auth.ts";
import { readJson } from "#lib/server/body.ts";
import { problemResponse } from "#lib/server/problems.ts";
import { requestIdOf } from "#lib/server/request-id.ts";
import { clientAddress } from "#lib/server/session.ts";
import { tooManyAttempts } from "#lib/services/account/change-password.ts";
import { db } from "#lib/store/db.ts";
import { returnAttempt, takeAttempt } from "#lib/store/password-attempts.ts";

const PREFIX = "/api/auth";

/** Answers a request below /api/auth. Never rejects. */
export async function handleAuth(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const requestId = requestIdOf(request);
  const response = await answer(request, pathname.slice(PREFIX.length)).catch((error: unknown) =>
    problemResponse(error, requestId, pathname),
  );
  response.headers.set("x-request-id", requestId);
  return response;
}

async function answer(request: Request, path: string): Promise<Response> {
  switch (`${request.method} ${path}`) {
    case "POST /sign-in/email":
      return signIn(request);
    case "POST /sign-out":
    case "GET /get-session":
      return auth().handler(request);
    default:
      throw new ServiceError("not-found", "There is nothing here.");
  }
}

/**
 * Signs in, but neither an address nor an account may try without end.
 * @throws {ServiceError} `too-many-requests`, or what is wrong with the body
 */
async function signIn(request: Request): Promise<Response> {
  const input = await readJson(request);
  const email = isRecord(input) && typeof input.email === "string" ? input.email : "";
  const attempt = { email, address: clientAddress(request.headers) };
  const retryAfterMs = await takeAttempt(db(), attempt, Date.now());
  if (retryAfterMs !== null) throw tooManyAttempts(retryAfterMs);
  const { url, headers } = request;
  const response = await auth().handler(new Request(url, { method: "POST", headers, body: JSON.stringify(input) }));
  if (response.ok) await returnAttempt(db(), attempt);
  return response;
}
