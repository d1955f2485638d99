// What of better-auth is reachable over HTTP: signing in and out. Everything else that it offers (signing up, changing
// passwords, ending sessions) would go around our audit and our roles; /api/v1 has what people need of it.
import { ServiceError } from "#lib/contracts/problem.ts";
import { isRecord } from "#lib/core/config/same.ts";
import { auth } from "#lib/server/auth.ts";
import { readJson } from "#lib/server/body.ts";
import { finishOidc, startOidc } from "#lib/server/oidc/sign-in.ts";
import { requireSameOrigin } from "#lib/server/origin.ts";
import { problemResponse } from "#lib/server/problems.ts";
import { requestIdOf } from "#lib/server/request-id.ts";
import { clientAddress, sessionActor } from "#lib/server/session.ts";
import { tooManyAttempts } from "#lib/services/account/change-password.ts";
import { recordFailedSignIn, recordThrottled, signOut } from "#lib/services/account/sign-ins.ts";
import { whileDatabaseAnswers } from "#lib/store/database-watch.ts";
import { db } from "#lib/store/db.ts";
import { returnAttempt, takeAttempt } from "#lib/store/password-attempts.ts";

const PREFIX = "/api/auth";

/** Answers a request below /api/auth. Never rejects. */
export async function handleAuth(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const requestId = requestIdOf(request);
  const path = pathname.slice(PREFIX.length);
  const response = await whileDatabaseAnswers(() => answer(request, path)).catch((error: unknown) =>
    problemResponse(error, requestId, pathname),
  );
  response.headers.set("x-request-id", requestId);
  return response;
}

async function answer(request: Request, path: string): Promise<Response> {
  switch (`${request.method} ${path}`) {
    case "POST /sign-in/email":
      return signIn(request);
    case "POST /sign-in/oidc":
      return startOidc(request);
    case "GET /callback/oidc":
      return finishOidc(request);
    case "POST /sign-out":
      return leave(request);
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
  if (retryAfterMs !== null) {
    await recordThrottled(db(), attempt, Date.now());
    throw tooManyAttempts(retryAfterMs);
  }
  const { url, headers } = request;
  const response = await auth().handler(new Request(url, { method: "POST", headers, body: JSON.stringify(input) }));
  if (response.ok) await returnAttempt(db(), attempt);
  else if (REFUSED.includes(response.status)) await recordFailedSignIn(db(), attempt, await codeOf(response));
  return response;
}

/** Statuses that say no to the password or the account, and not to the form of the request. */
const REFUSED = [401, 403];

/** better-auth's word for why, in lower case with dashes as ours are. */
async function codeOf(response: Response): Promise<string> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const code = isRecord(body) && typeof body.code === "string" ? body.code : String(response.status);
  return code.toLowerCase().replaceAll("_", "-");
}

/** Signs out: the session ends together with its audit, and better-auth takes the cookie back. */
async function leave(request: Request): Promise<Response> {
  const actor = await sessionActor(request.headers);
  if (actor?.sessionId !== undefined) {
    requireSameOrigin(request);
    await signOut(db(), { ...actor, sessionId: actor.sessionId });
  }
  return auth().handler(request);
}
