import type { Actor } from "#lib/contracts/access.ts";
import type { Person } from "#lib/contracts/people.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { openSessions, toPerson, WITH_ACCOUNTS } from "#lib/services/people/people.ts";
import { db } from "#lib/store/db.ts";

/** Everybody who has an account, oldest first. */
export async function listPeople(actor: Actor): Promise<Person[]> {
  authorise(actor, "admin");
  const rows = await db().user.findMany({
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    include: { ...WITH_ACCOUNTS, _count: { select: { sessions: { where: openSessions() } } } },
  });
  return rows.map(({ _count, ...user }) => toPerson(user, _count.sessions));
}

/** @throws {ServiceError} `not-found` */
export async function getPerson(actor: Actor, id: string): Promise<Person> {
  authorise(actor, "admin");
  return readPerson(id);
}

/** A person as the API shows them; whoever calls this has authorised. @throws {ServiceError} `not-found` */
export async function readPerson(id: string): Promise<Person> {
  const user = await db().user.findUnique({ where: { id }, include: WITH_ACCOUNTS });
  if (!user) throw notFound("person", id);
  return toPerson(user, await db().session.count({ where: { userId: id, ...openSessions() } }));
}
