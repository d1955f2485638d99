import type { Actor } from "#lib/contracts/access.ts";
import { authorise } from "#lib/services/access.ts";
import { endSessions, findPerson, lockPeople, requireAnotherAdmin } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";

/**
 * Removes a person with their password and sessions, at once. What they did stays in the audit under their address.
 * @throws {ServiceError} `not-found` or `last-admin`
 */
export async function removePerson(actor: Actor, id: string): Promise<void> {
  authorise(actor, "admin");
  await db().$transaction(async (tx) => {
    await lockPeople(tx);
    const user = await findPerson(tx, id);
    await requireAnotherAdmin(tx, user);
    await endSessions(tx, { userId: id });
    await tx.user.delete({ where: { id } });
    await writeAudit(tx, actor, [
      {
        action: "user.delete",
        targetKind: "user",
        targetId: id,
        targetName: user.email,
        before: { name: user.name, role: user.role },
      },
    ]);
  });
}
