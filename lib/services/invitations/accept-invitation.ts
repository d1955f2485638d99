// The only ways in without an identity besides signing in: who holds the link's token is who was invited.
import { randomUUID } from "node:crypto";
import { hashPassword } from "better-auth/crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { Role } from "#lib/contracts/common.ts";
import { AcceptanceInput, InvitationToken, type OpenInvitation, type Person } from "#lib/contracts/people.ts";
import { findByToken, personExists } from "#lib/services/invitations/invitations.ts";
import { parse } from "#lib/services/parse.ts";
import { lockPeople, toPerson } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";

/** What the link invites to. @throws {ServiceError} `invitation-invalid` */
export async function openInvitation(input: unknown): Promise<OpenInvitation> {
  const { token } = parse(InvitationToken, input);
  const { email, role, invitedBy, expiresAt } = await findByToken(db(), token);
  return { email, role: Role.parse(role), invitedBy, expiresAt: expiresAt.toISOString() };
}

/**
 * Makes the invited person's account with the name and password they choose; the link is void afterwards.
 * @param address where the request comes from, for the audit
 * @throws {ServiceError} `invalid-input`, `invitation-invalid` or `person-exists`
 */
export async function acceptInvitation(input: unknown, address: string | null): Promise<Person> {
  const { token, name, password } = parse(AcceptanceInput, input);
  // Hashing is slow on purpose: not for those who hold no link.
  await findByToken(db(), token);
  const hash = await hashPassword(password);
  const user = await db().$transaction(async (tx) => {
    await lockPeople(tx);
    const { id: invitationId, email, role, invitedBy } = await findByToken(tx, token);
    if (await tx.user.findUnique({ where: { email } })) throw personExists(email);
    const id = randomUUID();
    const created = await tx.user.create({ data: { id, name, email, role, emailVerified: true } });
    await tx.account.create({
      data: { id: randomUUID(), accountId: id, providerId: "credential", userId: id, password: hash },
    });
    await tx.invitation.delete({ where: { id: invitationId } });
    const actor: Actor = { kind: "user", id, name: email, role: Role.parse(role), address };
    await writeAudit(tx, actor, [
      { action: "user.create", targetKind: "user", targetId: id, targetName: email, after: { name, role, invitedBy } },
    ]);
    return created;
  });
  return toPerson({ ...user, accounts: [{ providerId: "credential" }] }, 0);
}
