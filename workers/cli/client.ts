// Requests to the REST API of one server: with a time limit, and every way of failing told in words.
import type { Problem } from "#lib/contracts/problem.ts";
import { ApiFailure, Failure } from "./failure.ts";

export type Request = {
  query?: Record<string, string | undefined>;
  /** Sent as JSON; or text, of the type that is told. */
  json?: unknown;
  text?: { content: string; type: string };
  accept?: string;
  ifMatch?: number;
};
export type Response = { body: unknown; text: string; headers: Headers };

export interface Client {
  readonly server: string;
  send(method: string, path: string, request?: Request): Promise<Response>;
  get<T>(path: string, query?: Request["query"]): Promise<T>;
}
export type ClientOptions = { server: string; token: string | null; timeoutMs: number; signal: AbortSignal };

export function makeClient(options: ClientOptions): Client {
  const send: Client["send"] = (method, path, request = {}) => sendRequest(options, method, path, request);
  return {
    server: options.server,
    send,
    get: async <T>(path: string, query?: Request["query"]) => (await send("GET", path, { query })).body as T,
  };
}

async function sendRequest(
  { server, token, timeoutMs, signal }: ClientOptions,
  method: string,
  path: string,
  { query = {}, json, text, accept = "application/json", ifMatch }: Request,
): Promise<Response> {
  const url = new URL(`${server.replace(/\/$/, "")}/api/v1${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = new Headers({ accept, "user-agent": "gb" });
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  if (ifMatch !== undefined) headers.set("if-match", String(ifMatch));
  const content =
    text ?? (json === undefined ? undefined : { content: JSON.stringify(json), type: "application/json" });
  if (content) headers.set("content-type", content.type);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: content?.content,
      // A token must not follow to wherever somebody points.
      redirect: "error",
      signal: AbortSignal.any([signal, limit]),
    });
    return await read(response, await response.text(), server);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (limit.aborted) throw new Failure(`${server} did not answer within ${timeoutMs / 1_000} s`, { cause: error });
    signal.throwIfAborted();
    throw new Failure(`cannot reach ${server}: ${causeOf(error)}`, { cause: error });
  }
}

async function read(response: globalThis.Response, text: string, server: string): Promise<Response> {
  const type = response.headers.get("content-type") ?? "";
  const body = /\bjson\b|\+json/.test(type) ? parsed(text) : undefined;
  if (response.ok) {
    if (/^text\/html/.test(type)) throw new Failure(`${server} answers with a page: is it a Gemini Balance?`);
    return { body, text, headers: response.headers };
  }
  if (isProblem(body)) throw new ApiFailure(body);
  throw new Failure(`${server} answers ${response.status} ${response.statusText}, and not as a Gemini Balance does`);
}

/** Looked at by hand: the schema's library takes longer to load than most commands take. */
const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "code" in body && typeof body.code === "string" && "title" in body;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The innermost reason: `fetch failed` alone helps nobody. */
function causeOf(error: unknown): string {
  let at: unknown = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (!(at instanceof Error)) return String(at);
  return at.message || ("code" in at ? String(at.code) : at.name);
}
