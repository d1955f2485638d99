import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import type { Invitation } from "#lib/contracts/people.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { toInvitation } from "#lib/services/invitations/invitations.ts";
import { lockPeople } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";

/** Invitations that were not accepted yet, oldest first; expired ones as well, until somebody revokes or renews them. */
export async function listInvitations(actor: Actor): Promise<Invitation[]> {
  authorise(actor, "admin");
  const rows = await db().invitation.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
  return rows.map(toInvitation);
}

/** Its link is void at once. @throws {ServiceError} `not-found` */
export async function revokeInvitation(actor: Actor, id: string): Promise<void> {
  authorise(actor, "admin");
  if (!Id.safeParse(id).success) throw notFound("invitation", id);
  await db().$transaction(async (tx) => {
    await lockPeople(tx);
    const row = await tx.invitation.findUnique({ where: { id } });
    if (!row) throw notFound("invitation", id);
    await tx.invitation.delete({ where: { id } });
    await writeAudit(tx, actor, [
      {
        action: "user.revoke-invitation",
        targetKind: "invitation",
        targetId: id,
        targetName: row.email,
        before: { role: row.role, expiresAt: row.expiresAt.toISOString() },
      },
    ]);
  });
}
