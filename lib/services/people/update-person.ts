import type { Actor } from "#lib/contracts/access.ts";
import { type Person, PersonPatch } from "#lib/contracts/people.ts";
import { authorise } from "#lib/services/access.ts";
import { parse } from "#lib/services/parse.ts";
import { readPerson } from "#lib/services/people/list-people.ts";
import { endSessions, findPerson, lockPeople, requireAnotherAdmin } from "#lib/services/people/people.ts";
import { type AuditRecord, writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { User } from "#lib/store/generated/client.ts";

/**
 * Gives a person another role, or deactivates or reactivates them. A role holds from their next request on; who is
 * deactivated is signed out everywhere at once. A role given here stays until a claim of the identity provider says otherwise.
 * @throws {ServiceError} `not-found`, `invalid-input` or `last-admin`
 */
export async function updatePerson(actor: Actor, id: string, input: unknown): Promise<Person> {
  authorise(actor, "admin");
  const patch = parse(PersonPatch, input);
  await db().$transaction(async (tx) => {
    await lockPeople(tx);
    const before = await findPerson(tx, id);
    const records = [await changeRole(tx, before, patch.role), await changeState(tx, before, patch.state)];
    await writeAudit(
      tx,
      actor,
      records.filter((record) => record !== null),
    );
  });
  return readPerson(id);
}

const target = ({ id, email }: User) => ({ targetKind: "user", targetId: id, targetName: email });

async function changeRole(tx: Tx, user: User, role: PersonPatch["role"]): Promise<AuditRecord | null> {
  if (role === undefined || role === user.role) return null;
  await requireAnotherAdmin(tx, user);
  await tx.user.update({ where: { id: user.id }, data: { role, roleMapped: false } });
  return { action: "user.update", ...target(user), before: { role: user.role }, after: { role } };
}

async function changeState(tx: Tx, user: User, state: PersonPatch["state"]): Promise<AuditRecord | null> {
  const present = user.deactivatedAt === null ? "active" : "deactivated";
  if (state === undefined || state === present) return null;
  if (state === "deactivated") await requireAnotherAdmin(tx, user);
  await tx.user.update({
    where: { id: user.id },
    data: { deactivatedAt: state === "deactivated" ? new Date() : null },
  });
  const sessionsEnded = state === "deactivated" ? await endSessions(tx, { userId: user.id }) : undefined;
  return {
    action: state === "deactivated" ? "user.deactivate" : "user.reactivate",
    ...target(user),
    before: { state: present },
    after: { state, ...(sessionsEnded !== undefined && { sessionsEnded }) },
  };
}
