// The REST API over a database of its own: real requests into the dispatcher, no server between.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { ROLES, type Role } from "#lib/contracts/common.ts";
import { handleApi } from "#lib/server/dispatch.ts";
import { handleAuth } from "#lib/server/sign-in.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { closeNotifications } from "#lib/store/notifications.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";

export const ORIGIN = "http://web.test";
const tokens = Object.fromEntries(ROLES.map((role) => [role, `test-token-of-${role}`])) as Record<Role, string>;

/** For a whole file: a database with one API token of each role. */
export function serveApi(): void {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const database = await startTestDatabase();
    stop = database.stop;
    process.env.DATABASE_URL = database.url;
    process.env.GB_SECRET_KEY = "7e".repeat(32);
    process.env.BETTER_AUTH_SECRET = "a secret of tests, long enough for anybody";
    await db().apiToken.createMany({
      data: ROLES.map((role) => ({ name: `a ${role}`, role, hash: hashToken(tokens[role]) })),
    });
  });
  afterAll(async () => {
    await closeNotifications();
    await closeDb();
    await stop();
  });
}

/** Tests look into answers of every form. */
type Json = ReturnType<typeof JSON.parse>;
/** `body`: of JSON; null otherwise. */
export type Answered = { status: number; body: Json; text: string; headers: Headers };
export type Options = { as?: Role | null; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal };

/** Calls the API as a token of the role `as` (publisher unless said; null: without identity). */
export async function api(method: string, path: string, options: Options = {}): Promise<Answered> {
  const { as = "publisher", body } = options;
  const headers = new Headers({ host: "web.test", ...options.headers });
  if (as && !headers.has("authorization") && !headers.has("cookie"))
    headers.set("authorization", `Bearer ${tokens[as]}`);
  if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const response = await handleApi(
    new Request(`${ORIGIN}/api/v1${path}`, {
      method,
      headers,
      signal: options.signal,
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
}

/** Signs a person in, as the browser at `address` does. */
export const signIn = (email: string, password: string, address?: string): Promise<Response> =>
  handleAuth(
    new Request(`${ORIGIN}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        host: "web.test",
        origin: ORIGIN,
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ...(address !== undefined && { "x-forwarded-for": address }),
      },
      body: JSON.stringify({ email, password }),
    }),
  );

/** What a browser sends back of the cookies it was given. */
export const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

/** A pool with a name of its own, made through the API; what it is warned of is meant. */
export async function makePool(settings: object = {}): Promise<Answered["body"]> {
  const { status, body } = await api("POST", "/pools?confirm=all", {
    body: { name: `pool ${randomUUID().slice(0, 8)}`, algorithm: "weighted-round-robin", ...settings },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

/** Two nodes of one URL would be warned of. */
let nextPort = 8_081;

export async function makeNode(poolId: string, settings: object = {}): Promise<Answered["body"]> {
  const { status, body } = await api("POST", `/pools/${poolId}/nodes`, {
    body: { name: `node ${randomUUID().slice(0, 8)}`, url: `http://127.0.0.1:${nextPort++}`, ...settings },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

export const revisionCount = (): Promise<number> => db().revision.count();
export const faultPaths = (answer: Answered): string[] =>
  (answer.body.faults as { path: string[] }[]).map((fault) => fault.path.join(".")).toSorted();
