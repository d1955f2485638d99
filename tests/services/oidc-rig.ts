// The browser, the identity provider and the product of the tests of signing in through one: the provider is a real one on
// loopback, the handlers are the product's own, and so is the database.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { handleAuth } from "#lib/server/sign-in.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { closeDb, databaseUrl, db } from "#lib/store/db.ts";
import { CLIENT, OidcProvider } from "#tests/support/oidc-provider.ts";
import { api, cookieOf, ORIGIN, serveApi } from "./harness.ts";

export const provider = new OidcProvider();
export const ROOT = "root@example.org";
const VARIABLES = {
  GB_PUBLIC_URL: ORIGIN,
  GB_OIDC_CLIENT_ID: CLIENT.id,
  GB_OIDC_CLIENT_SECRET: CLIENT.secret,
};
const POLICY = [
  "GB_OIDC_EMAIL_DOMAINS",
  "GB_OIDC_EMAIL_VERIFIED",
  "GB_OIDC_SESSION_MINUTES",
  "GB_OIDC_ROLE_CLAIM",
  "GB_OIDC_ROLES",
  "GB_OIDC_DEFAULT_ROLE",
];

/** For a whole file: the API over a database of its own with one administrator, and the provider. */
export function serveOidc(): void {
  serveApi();
  beforeAll(async () => {
    await provider.start();
    Object.assign(process.env, VARIABLES, { GB_OIDC_ISSUER: provider.issuer });
    await bootstrapAccess(databaseUrl(), { adminEmail: ROOT, adminPassword: "correct horse battery" });
  });
  afterAll(async () => {
    for (const name of [...Object.keys(VARIABLES), "GB_OIDC_ISSUER", ...POLICY]) delete process.env[name];
    await provider.stop();
  });
  afterEach(async () => {
    provider.bend = {};
    for (const name of POLICY) delete process.env[name];
    await db().rateLimit.deleteMany();
    await closeDb(); // the settings are read with the connection
  });
}

/** Settings of who may come in, until the end of the test. */
export async function policy(variables: Record<string, string>): Promise<void> {
  Object.assign(process.env, variables);
  await closeDb();
}

export const request = (method: string, path: string, cookie: string, body?: object) =>
  handleAuth(
    new Request(new URL(path, ORIGIN), {
      method,
      headers: { host: "web.test", cookie, ...(body && { origin: ORIGIN, "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    }),
  );

export type Ended = { location: string; cookie: string; status: number };

/** Presses the button; where the browser is sent, and what it then holds. */
export async function begin(next = "/"): Promise<{ url: string; cookie: string }> {
  const response = await request("POST", "/api/auth/sign-in/oidc", "", { next });
  expect(response.status).toBe(200);
  return { url: (await response.json()).url, cookie: cookieOf(response) };
}

/** The provider's page, which sends the browser back at once. */
export const throughProvider = async (url: string): Promise<string> =>
  (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "";

export async function end(back: string, cookie: string): Promise<Ended> {
  const { pathname, search } = new URL(back);
  const response = await request("GET", pathname + search, cookie);
  return { status: response.status, location: response.headers.get("location") ?? "", cookie: cookieOf(response) };
}

/** The whole way of a browser. */
export async function signInAs(person: Record<string, unknown>, next?: string): Promise<Ended> {
  provider.person = person;
  const { url, cookie } = await begin(next);
  return end(await throughProvider(url), cookie);
}

export const somebody = (extra: object = {}) => {
  const id = randomUUID().slice(0, 8);
  return { sub: `subject-${id}`, email: `${id}@example.org`, email_verified: true, name: `Some ${id}`, ...extra };
};
export const me = async ({ cookie }: Ended) => (await api("GET", "/me", { headers: { cookie } })).body;
export const invite = (email: string, role: string) =>
  api("POST", "/invitations", { as: "admin", body: { email, role } });
export const audits = (targetName: string) => db().audit.findMany({ where: { targetName }, orderBy: { id: "asc" } });
export const failed = (code: string) => `/sign-in?failed=${code}`;
