import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { InvitationInput, type NewInvitation, ReinvitationInput } from "#lib/contracts/people.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { expiryAfter, personExists, withToken } from "#lib/services/invitations/invitations.ts";
import { parse } from "#lib/services/parse.ts";
import { lockPeople } from "#lib/services/people/people.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { Invitation as InvitationRow } from "#lib/store/generated/client.ts";
import { hashToken, newToken } from "#lib/store/secrets.ts";

/**
 * Invites somebody. The token of the link is in this answer and nowhere else: whoever invites passes it on.
 * @throws {ServiceError} `invalid-input`, `person-exists`, or `conflict` when the address is invited already
 */
export async function invite(actor: Actor, input: unknown): Promise<NewInvitation> {
  authorise(actor, "admin");
  const { email, role, expiresInDays } = parse(InvitationInput, input);
  const token = newToken();
  const row = await db().$transaction(async (tx) => {
    await lockPeople(tx);
    if (await tx.user.findUnique({ where: { email } })) throw personExists(email);
    if (await tx.invitation.findUnique({ where: { email } })) throw alreadyInvited(email);
    const expiresAt = expiryAfter(expiresInDays);
    const created = await tx.invitation.create({
      data: { email, role, hash: hashToken(token), invitedBy: actor.name, expiresAt },
    });
    await tell(tx, actor, "user.invite", created);
    return created;
  });
  return withToken(row, token);
}

/** Makes a new link with a new expiry; the old one is void at once. @throws {ServiceError} `not-found` */
export async function inviteAgain(actor: Actor, id: string, input: unknown): Promise<NewInvitation> {
  authorise(actor, "admin");
  const { expiresInDays } = parse(ReinvitationInput, input);
  if (!Id.safeParse(id).success) throw notFound("invitation", id);
  const token = newToken();
  const row = await db().$transaction(async (tx) => {
    await lockPeople(tx);
    if (!(await tx.invitation.findUnique({ where: { id } }))) throw notFound("invitation", id);
    const data = { hash: hashToken(token), invitedBy: actor.name, expiresAt: expiryAfter(expiresInDays) };
    const updated = await tx.invitation.update({ where: { id }, data });
    await tell(tx, actor, "user.invite", updated);
    return updated;
  });
  return withToken(row, token);
}

const alreadyInvited = (email: string) =>
  new ServiceError("conflict", `${email} is invited already: make a new link of that invitation, or revoke it.`, {
    faults: [{ path: ["email"], code: "already-invited", message: "is invited already" }],
  });

const tell = (tx: Tx, actor: Actor, action: string, { id, email, role, expiresAt }: InvitationRow) =>
  writeAudit(tx, actor, [
    {
      action,
      targetKind: "invitation",
      targetId: id,
      targetName: email,
      after: { role, expiresAt: expiresAt.toISOString() },
    },
  ]);
