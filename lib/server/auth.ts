// People's sign-in: better-auth with e-mail and password, sessions in the database, passwords hashed by scrypt.
// Nobody signs up by themselves: lib/store/bootstrap-access.ts makes the first administrator, invitations the others. What of
// it is reachable is decided in lib/server/sign-in.ts.
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError } from "better-auth/api";
import { readOidcSettings } from "#lib/contracts/oidc.ts";
import { oidcPlugin } from "#lib/server/oidc/provider.ts";
import { requestOrigins } from "#lib/server/origin.ts";
import { recordSignIn } from "#lib/services/account/sign-ins.ts";
import { type Db, db } from "#lib/store/db.ts";

const DAY_S = 86_400;

const BY_OIDC = "/callback/:id";

/** @param oidc the identity provider, when the environment names one */
const create = (client: Db, oidc = readOidcSettings(process.env)) =>
  betterAuth({
    appName: "Gemini Balance",
    basePath: "/api/auth",
    baseURL: process.env.GB_PUBLIC_URL,
    secret: process.env.BETTER_AUTH_SECRET,
    database: prismaAdapter(client, { provider: "postgresql" }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    plugins: oidc === null ? [] : [oidcPlugin(client, oidc)],
    // Neither tokens of an identity provider nor anything else of it is kept: who somebody is, is asked anew at each sign-in.
    account: { updateAccountOnSignIn: false },
    user: {
      additionalFields: {
        role: { type: "string", required: true, defaultValue: "viewer", input: false },
        deactivatedAt: { type: "date", required: false, input: false },
        lastSeenAt: { type: "date", required: false, input: false },
      },
      changeEmail: { enabled: false },
      deleteUser: { enabled: false },
    },
    session: {
      expiresIn: 7 * DAY_S,
      // A session that grew with its use would outlive what the identity provider says of somebody.
      disableSessionRefresh: true,
      additionalFields: {
        lastSeenAt: { type: "date", required: true, defaultValue: () => new Date(), input: false },
      },
    },
    // Asked after the password: it tells only the person themselves that they are deactivated.
    databaseHooks: {
      session: {
        create: {
          before: async ({ userId }, context) => {
            await refuseDeactivated(client, userId);
            return oidc !== null && context?.path === BY_OIDC
              ? { data: { expiresAt: new Date(Date.now() + oidc.sessionMs) } }
              : undefined;
          },
          // However somebody signs in, the audit tells of it before they are told that they are in.
          after: (session, context) => recordSignIn(client, session, context?.path === BY_OIDC ? "oidc" : undefined),
        },
      },
    },
    // People reach the dashboard by several names (localhost, an address, a public one): the same origin is right each time.
    trustedOrigins: (request) => (request ? requestOrigins(request) : []),
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 60,
      max: 300,
      // Signing in has limits of its own, by address and by account: see sign-in.ts.
      // One at the provider tries its passwords there; each beginning is a row here.
      customRules: { "/sign-in/email": false, "/sign-in/social": { window: 60, max: 60 } },
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

async function refuseDeactivated(client: Db, id: string): Promise<void> {
  const user = await client.user.findUnique({ where: { id }, select: { deactivatedAt: true } });
  if (user?.deactivatedAt)
    throw new APIError("FORBIDDEN", { code: "ACCOUNT_DEACTIVATED", message: "This account is deactivated." });
}

const kept = globalThis as { gbAuth?: { client: Db; auth: ReturnType<typeof create> } };

/** The process's one better-auth instance, made on first use: building the pages must not need a database. */
export function auth() {
  const client = db();
  if (kept.gbAuth?.client !== client) kept.gbAuth = { client, auth: create(client) };
  return kept.gbAuth.auth;
}
