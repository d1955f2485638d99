import type { Actor } from "#lib/contracts/access.ts";
import type { PersonSession } from "#lib/contracts/people.ts";
import { describeUserAgent } from "#lib/core/user-agent.ts";
import { authorise, requirePerson } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { endSessions, findPerson, openSessions } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import type { Prisma } from "#lib/store/generated/client.ts";

/** Sessions of a person, for an admin. @throws {ServiceError} `not-found` */
export async function listSessions(actor: Actor, personId: string): Promise<PersonSession[]> {
  authorise(actor, "admin");
  await findPerson(db(), personId);
  return readSessions(personId, actor.sessionId);
}

/** One's own sessions. @throws {ServiceError} `people-only` */
export async function listOwnSessions(actor: Actor): Promise<PersonSession[]> {
  const { id, sessionId } = requirePerson(actor);
  return readSessions(id, sessionId);
}

/** Signs a person out everywhere, for an admin. @throws {ServiceError} `not-found` */
export async function endPersonSessions(actor: Actor, personId: string): Promise<void> {
  authorise(actor, "admin");
  await end(actor, personId, {});
}

/** Ends one of one's own sessions; the present one, too. @throws {ServiceError} `people-only` or `not-found` */
export async function endOwnSession(actor: Actor, sessionId: string): Promise<void> {
  const { id } = requirePerson(actor);
  if ((await end(actor, id, { id: sessionId })) === 0) throw notFound("session", sessionId);
}

/** Ends one's own sessions but the present one. @throws {ServiceError} `people-only` */
export async function endOtherSessions(actor: Actor): Promise<void> {
  const { id, sessionId } = requirePerson(actor);
  await end(actor, id, { id: { not: sessionId } });
}

/** The one used last comes first. */
async function readSessions(userId: string, current: string | undefined): Promise<PersonSession[]> {
  const rows = await db().session.findMany({
    where: { userId, ...openSessions() },
    orderBy: [{ lastSeenAt: "desc" }, { id: "asc" }],
  });
  return rows.map((row) => ({
    id: row.id,
    isCurrent: row.id === current,
    ...describeUserAgent(row.userAgent),
    address: row.ipAddress || null,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
}

/** @returns how many were ended; of none there is nothing to tell. */
async function end(actor: Actor, userId: string, which: Prisma.SessionWhereInput): Promise<number> {
  return db().$transaction(async (tx) => {
    const { email } = await findPerson(tx, userId);
    const sessionsEnded = await endSessions(tx, { ...which, userId });
    if (sessionsEnded > 0)
      await writeAudit(tx, actor, [
        {
          action: "user.end-sessions",
          targetKind: "user",
          targetId: userId,
          targetName: email,
          after: { sessionsEnded },
        },
      ]);
    return sessionsEnded;
  });
}
