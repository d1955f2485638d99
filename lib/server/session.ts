// Who is asking: a program by its bearer token, or a person by the session cookie.
import type { Actor } from "#lib/contracts/access.ts";
import { Role } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { auth } from "#lib/server/auth.ts";
import { requireSameOrigin } from "#lib/server/origin.ts";
import { db } from "#lib/store/db.ts";
import { hashToken } from "#lib/store/secrets.ts";

/** `last used` and `last seen` are for people: written at most this often for each token and session. */
const LAST_USED_EVERY_MS = 60_000;
/** better-auth's, over HTTPS with a prefix. */
const SESSION_COOKIE = /^(__Secure-)?better-auth\.session_token=/;

/** What a request identifies itself with, as a hash that tells nothing of it; "": nothing. */
export function credentialOf(headers: Headers): string {
  const bearer = headers.get("authorization");
  if (bearer !== null) return hashToken(bearer.trim());
  const cookies = headers.get("cookie")?.split(/; */) ?? [];
  const session = cookies.find((cookie) => SESSION_COOKIE.test(cookie));
  return session === undefined ? "" : hashToken(session);
}

/** Tells sessions apart where scripts may see it: it leads neither to the cookie nor to what this process knows of it. */
export const sessionName = (headers: Headers): string => hashToken(`name of ${credentialOf(headers)}`).slice(0, 16);

/**
 * The actor of a request to the API.
 * @throws {ServiceError} `unauthenticated` without a valid identity; `forbidden` for another site's use of the cookie.
 */
export async function authenticate(request: Request): Promise<Actor> {
  const header = request.headers.get("authorization");
  if (header !== null) return tokenActor(header, clientAddress(request.headers));
  const actor = await sessionActor(request.headers);
  if (!actor)
    throw new ServiceError("unauthenticated", "Sign in, or send an API token: Authorization: Bearer <token>.");
  requireSameOrigin(request);
  return actor;
}

/** The person signed in, by the cookie among `headers`; null when nobody is. For pages: `sessionActor(await headers())`. */
export async function sessionActor(headers: Headers): Promise<Actor | null> {
  if (!headers.has("cookie")) return null;
  const session = await auth()
    .api.getSession({ headers })
    .catch(async (error: unknown) => {
      // better-auth keeps the cause to itself: when it is the database, this says so.
      await db().$queryRaw`SELECT 1`;
      throw error;
    });
  // A session that was begun while its person was being deactivated.
  if (!session || session.user.deactivatedAt) return null;
  const { id, email } = session.user;
  await writeLastSeen(session.user, session.session);
  return {
    kind: "user",
    id,
    sessionId: session.session.id,
    name: email,
    role: Role.parse(session.user.role),
    address: clientAddress(headers),
  };
}

type Seen = { id: string; lastSeenAt?: Date | null };

async function writeLastSeen(user: Seen, session: Seen): Promise<void> {
  const now = new Date();
  const isOld = ({ lastSeenAt }: Seen) => !lastSeenAt || now.getTime() - lastSeenAt.getTime() >= LAST_USED_EVERY_MS;
  const data = { lastSeenAt: now };
  if (isOld(session)) await db().session.updateMany({ where: { id: session.id }, data });
  if (isOld(user)) await db().user.updateMany({ where: { id: user.id }, data });
}

// The lookup is by the token's hash: how long it takes tells nothing about a token that is nearly right.
async function tokenActor(header: string, address: string | null): Promise<Actor> {
  const token = /^bearer +([\x21-\x7e]+)$/i.exec(header.trim())?.[1];
  if (!token) throw new ServiceError("unauthenticated", "The Authorization header must be: Bearer <token>.");
  const row = await db().apiToken.findUnique({ where: { hash: hashToken(token) } });
  if (!row) throw new ServiceError("unauthenticated", "The API token is not known.");
  const now = new Date();
  if (row.expiresAt && row.expiresAt <= now) throw new ServiceError("unauthenticated", "The API token has expired.");
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() >= LAST_USED_EVERY_MS)
    await db().apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  const limited = row.poolIds.length > 0 ? { poolIds: row.poolIds } : {};
  return { kind: "token", id: row.id, name: row.name, role: Role.parse(row.role), address, ...limited };
}

/** As lib/server/true-address.ts has written it. */
export const clientAddress = (headers: Headers): string | null => headers.get("x-forwarded-for")?.slice(0, 100) || null;
