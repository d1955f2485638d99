// People's sign-in: better-auth with e-mail and password, sessions in the database, passwords hashed by scrypt.
// Nobody signs up by themselves; the first administrator is made by lib/store/bootstrap-access.ts.
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { requestOrigins } from "#lib/server/origin.ts";
import { type Db, db } from "#lib/store/db.ts";

const DAY_S = 86_400;

const create = (client: Db) =>
  betterAuth({
    appName: "Gemini Balance",
    basePath: "/api/auth",
    baseURL: process.env.GB_PUBLIC_URL,
    secret: process.env.BETTER_AUTH_SECRET,
    database: prismaAdapter(client, { provider: "postgresql" }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    user: {
      additionalFields: { role: { type: "string", required: true, defaultValue: "viewer", input: false } },
      changeEmail: { enabled: false },
      deleteUser: { enabled: false },
    },
    session: { expiresIn: 7 * DAY_S, updateAge: DAY_S },
    // People reach the dashboard by several names (localhost, an address, a public one): the same origin is right each time.
    trustedOrigins: (request) => (request ? requestOrigins(request) : []),
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 60,
      max: 300,
      customRules: { "/sign-in/email": { window: 60, max: 40 } },
    },
    advanced: {
      // Each address has its own budget of sign-ins. No client can write this header: see true-address.ts.
      ipAddress: { ipAddressHeaders: ["x-forwarded-for"] },
      useSecureCookies: process.env.GB_PUBLIC_URL?.startsWith("https:") ?? false,
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
    },
    telemetry: { enabled: false },
    // One line of ours instead of its objects; what matters of a failed request is in its answer.
    logger: {
      level: "error",
      log: (level, message) => console.error(JSON.stringify({ level, from: "sign-in", message })),
    },
  });

const kept = globalThis as { gbAuth?: { client: Db; auth: ReturnType<typeof create> } };

/** The process's one better-auth instance, made on first use: building the pages must not need a database. */
export function auth() {
  const client = db();
  if (kept.gbAuth?.client !== client) kept.gbAuth = { client, auth: create(client) };
  return kept.gbAuth.auth;
}
