// From a Request to a Response, over the table of endpoints; knows nothing of Next, so that tests call it as it is.
import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { type Confirmation, ConfirmQuery } from "#lib/contracts/publishing.ts";
import { faultsOf } from "#lib/core/faults.ts";
import { unstorableTexts } from "#lib/core/storable.ts";
import { readJson, readText } from "#lib/server/body.ts";
import {
  type Answer,
  type Call,
  type Endpoint,
  type GuardedEndpoint,
  takesChangeSet,
  takesConfirm,
} from "#lib/server/endpoint.ts";
import { ENDPOINTS } from "#lib/server/endpoints.ts";
import { problemResponse } from "#lib/server/problems.ts";
import { requestIdOf } from "#lib/server/request-id.ts";
import { authenticate, clientAddress, credentialOf } from "#lib/server/session.ts";
import { authorise, requirePerson, requireRole } from "#lib/services/access.ts";
import { invalidInput } from "#lib/services/parse.ts";
import { whileDatabaseAnswers } from "#lib/store/database-watch.ts";

export const API_PREFIX = "/api/v1";

/** Answers a request to the REST API. Never rejects. */
export async function handleApi(request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  const { pathname } = new URL(request.url);
  const response = await whileDatabaseAnswers(() => answer(request, pathname)).catch(
    (error: unknown) => answerWhileLost(request, pathname, error) ?? problemResponse(error, requestId, pathname),
  );
  response.headers.set("x-request-id", requestId);
  return response;
}

/** Null: nothing goes on without the database there, or not for this caller. */
function answerWhileLost(request: Request, pathname: string, error: unknown): Response | null {
  if (!(error instanceof ServiceError) || error.code !== "database-unavailable") return null;
  const endpoint = endpointsAt(pathname).find((each) => each.endpoint.method === request.method)?.endpoint;
  const credential = credentialOf(request.headers);
  const result = endpoint?.whileLost?.({ credential, signal: request.signal });
  return endpoint && result ? respond(result, endpoint, false) : null;
}

/** Endpoints of every method at a path, each with the parameters in it. */
export const endpointsAt = (pathname: string) =>
  ENDPOINTS.flatMap((endpoint) => {
    const params = matchPath(endpoint.path, pathname.slice(API_PREFIX.length));
    return params ? [{ endpoint, params }] : [];
  });

async function answer(request: Request, pathname: string): Promise<Response> {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = endpointsAt(pathname);
  if (found.length === 0) throw new ServiceError("not-found", `There is nothing at ${pathname}.`);
  const match = found.find(({ endpoint }) => endpoint.method === method);
  if (!match)
    return otherMethod(
      request,
      pathname,
      found.map((each) => each.endpoint.method),
    );
  const result = await run(match.endpoint, match.params, request);
  return respond(result, match.endpoint, request.method === "HEAD");
}

async function run(endpoint: Endpoint, params: Record<string, string>, request: Request): Promise<Answer> {
  const read = async (): Promise<Call> => ({
    params,
    query: queryOf(request),
    input: await readBody(request, endpoint),
    accept: request.headers.get("accept") ?? "",
    ifMatch: endpoint.publishes ? ifMatchOf(request) : undefined,
    changeSet: takesChangeSet(endpoint) ? changeSetOf(request) : undefined,
    confirm: takesConfirm(endpoint) ? confirmOf(request) : undefined,
    address: clientAddress(request.headers),
    credential: endpoint.streams === undefined ? "" : credentialOf(request.headers),
    signal: request.signal,
  });
  if (endpoint.role === null) return endpoint.handle(await read());
  // The body is not read for somebody who may not send it.
  const actor = await authenticate(request);
  admit(actor, endpoint);
  return endpoint.handle(await read(), actor);
}

async function readBody(request: Request, { input, text }: Endpoint): Promise<unknown> {
  if (text) return readText(request, text.types, text.maxBytes);
  return input ? readJson(request) : {};
}

/** Services decide again, and in detail; what is refused here is refused before its body is read. */
export function admit(actor: Actor, { role, reach = "everything" }: GuardedEndpoint): void {
  if (reach === "everything") authorise(actor, role);
  else requireRole(actor, role);
  if (reach === "person") requirePerson(actor);
}

/** @throws {ServiceError} `invalid-input` for text that no database keeps */
function queryOf(request: Request): Record<string, string> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const faults = unstorableTexts(query);
  if (faults.length > 0) throw invalidInput(faults);
  return query;
}

/** Parameters of `path` when it has the form of `template`; null when it has not. */
function matchPath(template: string, path: string): Record<string, string> | null {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    if (part.startsWith("{")) params[part.slice(1, -1)] = value;
    else if (part !== value) return null;
  }
  return Object.values(params).includes("") ? null : params;
}

function otherMethod(request: Request, pathname: string, methods: string[]): Response {
  const allow = [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].join(", ");
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  const error = new ServiceError("method-not-allowed", `${request.method} is not possible here; ${allow} is.`);
  const response = problemResponse(error, requestIdOf(request), pathname);
  response.headers.set("allow", allow);
  return response;
}

/** @throws {ServiceError} `invalid-input` for what is no id: to publish at once instead would be worse than anything */
function changeSetOf(request: Request): string | undefined {
  const id = new URL(request.url).searchParams.get("changeSet");
  if (id === null) return undefined;
  if (Id.safeParse(id).success) return id;
  throw invalidInput([{ path: ["changeSet"], code: "invalid_format", message: "must be the id of a change set" }]);
}

/** @throws {ServiceError} `invalid-input` for what is no id of a warning */
function confirmOf(request: Request): Confirmation | undefined {
  const texts = new URL(request.url).searchParams.getAll("confirm");
  if (texts.length === 0) return undefined;
  const parsed = ConfirmQuery.safeParse(texts);
  if (parsed.success) return parsed.data;
  throw invalidInput(faultsOf(parsed.error).map((fault) => ({ ...fault, path: ["confirm"] })));
}

/** The revision in If-Match, quoted as an entity tag or not; `*` and no header are no condition. */
function ifMatchOf(request: Request): number | undefined {
  const header = request.headers.get("if-match")?.trim();
  if (!header || header === "*") return undefined;
  const number = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header)?.[1];
  if (number !== undefined) return Number(number);
  throw invalidInput([{ path: ["If-Match"], code: "invalid_format", message: "must be the number of a revision" }]);
}

function respond(result: Answer, endpoint: Endpoint, headOnly: boolean): Response {
  const headers = new Headers({ "cache-control": "no-store", ...result.headers });
  const status = endpoint.status ?? 200;
  if (result.stream) {
    if (headOnly) void result.stream.cancel();
    return new Response(headOnly ? null : result.stream, { status, headers });
  }
  if (result.text) {
    headers.set("content-type", result.text.type);
    return new Response(headOnly ? null : result.text.content, { status, headers });
  }
  if (result.body === undefined) return new Response(null, { status, headers });
  headers.set("content-type", "application/json");
  return new Response(headOnly ? null : JSON.stringify(result.body), { status, headers });
}
