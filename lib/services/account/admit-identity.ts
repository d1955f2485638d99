import { randomUUID } from "node:crypto";
import { Role } from "#lib/contracts/common.ts";
import type { OidcSettings } from "#lib/contracts/oidc.ts";
import { decideAdmission, type KnownPerson, type OidcRefusal } from "#lib/core/oidc/admission.ts";
import type { OidcIdentity } from "#lib/core/oidc/identity.ts";
import { endSessions, lockPeople } from "#lib/services/people/people.ts";
import { type AuditActor, writeAudit } from "#lib/store/audit.ts";
import type { Db, Tx } from "#lib/store/db.ts";
import type { Invitation, User } from "#lib/store/generated/client.ts";

/** `provider_id` of accounts that an identity provider vouches for. */
export const OIDC_PROVIDER_ID = "oidc";
/** A subject is unique within its issuer only: another provider later must not find the people of this one. */
export const oidcAccountId = (issuer: string, subject: string): string => `${issuer} ${subject}`;

export type Vouched = { issuer: string; identity: OidcIdentity; address: string | null };
export type Admitted = { is: "admitted"; email: string; name: string } | { is: "refused"; reason: OidcRefusal };

/**
 * Lets in whom an identity provider vouches for, or not: the account is made or linked, the invitation used up and the role
 * brought in step, with the audit of each, in one transaction. The session is the caller's.
 */
export function admitIdentity(client: Db, settings: OidcSettings, vouched: Vouched): Promise<Admitted> {
  return client.$transaction(async (tx) => {
    await lockPeople(tx);
    const { identity, issuer } = vouched;
    const accountId = oidcAccountId(issuer, identity.subject);
    const { user, known } = await findKnown(tx, identity, accountId);
    const invitation = user === null ? await findInvitation(tx, identity) : null;
    const decision = decideAdmission(identity, settings, known, invitation ? Role.parse(invitation.role) : null);
    const actor = actorOf(vouched, user);
    if (decision.is === "refused") {
      await tellRefusal(tx, actor, user, decision.reason);
      return decision;
    }
    if (decision.is === "new") return makePerson(tx, vouched, accountId, decision, invitation);
    if (user === null) throw new Error("a known person has an account");
    if (decision.link) await linkAccount(tx, actor, user, accountId);
    await bringRoleInStep(tx, actor, user, decision);
    return { is: "admitted", email: user.email, name: user.name };
  });
}

async function findKnown(tx: Tx, { email }: OidcIdentity, accountId: string) {
  const account = await tx.account.findFirst({
    where: { providerId: OIDC_PROVIDER_ID, accountId },
    include: { user: true },
  });
  const user = account?.user ?? (email === null ? null : await tx.user.findUnique({ where: { email } }));
  if (!user) return { user: null, known: null };
  const known: KnownPerson = {
    by: account ? "identity" : (await hasIdentity(tx, user)) ? "other-identity" : "email",
    role: Role.parse(user.role),
    isRoleMapped: user.roleMapped,
    isDeactivated: user.deactivatedAt !== null,
    isLastAdmin: await isLastAdmin(tx, user),
  };
  return { user, known };
}

const hasIdentity = async (tx: Tx, { id }: User): Promise<boolean> =>
  (await tx.account.count({ where: { userId: id, providerId: OIDC_PROVIDER_ID } })) > 0;

async function isLastAdmin(tx: Tx, { id, role }: User): Promise<boolean> {
  if (role !== "admin") return false;
  return (await tx.user.count({ where: { role: "admin", deactivatedAt: null, id: { not: id } } })) === 0;
}

async function findInvitation(tx: Tx, { email }: OidcIdentity): Promise<Invitation | null> {
  if (email === null) return null;
  return tx.invitation.findFirst({ where: { email, expiresAt: { gt: new Date() } } });
}

const actorOf = ({ identity, address }: Vouched, user: User | null): AuditActor => {
  const name = user?.email ?? identity.email ?? identity.name;
  return user === null ? { kind: "anonymous", id: "", name, address } : { kind: "user", id: user.id, name, address };
};

const targetOf = ({ id, email }: Pick<User, "id" | "email">) => ({
  targetKind: "user",
  targetId: id,
  targetName: email,
});
const THROUGH = { through: "oidc" };

/** Who has lost their role at the provider is signed out here as well. */
async function tellRefusal(tx: Tx, actor: AuditActor, user: User | null, reason: OidcRefusal): Promise<void> {
  const sessionsEnded = user && reason === "no-role" ? await endSessions(tx, { userId: user.id }) : 0;
  await writeAudit(tx, { ...actor, kind: "anonymous", id: "" }, [
    {
      action: "session.sign-in-failed",
      ...(user ? targetOf(user) : { targetKind: "user", targetId: null, targetName: actor.name }),
      after: { reason, ...THROUGH, ...(sessionsEnded > 0 && { sessionsEnded }) },
    },
  ]);
}

type NewPerson = { role: Role; isRoleMapped: boolean };

async function makePerson(
  tx: Tx,
  { identity, address }: Vouched,
  accountId: string,
  { role, isRoleMapped }: NewPerson,
  invitation: Invitation | null,
): Promise<Admitted> {
  const { name } = identity;
  const email = identity.email ?? "";
  const id = randomUUID();
  await tx.user.create({ data: { id, name, email, role, roleMapped: isRoleMapped, emailVerified: true } });
  await tx.account.create({ data: { id: randomUUID(), accountId, providerId: OIDC_PROVIDER_ID, userId: id } });
  if (invitation) await tx.invitation.delete({ where: { id: invitation.id } });
  const after = { name, role, ...(invitation && { invitedBy: invitation.invitedBy }), ...THROUGH };
  await writeAudit(tx, { kind: "user", id, name: email, address }, [
    { action: "user.create", ...targetOf({ id, email }), after },
  ]);
  return { is: "admitted", email, name };
}

async function linkAccount(tx: Tx, actor: AuditActor, user: User, accountId: string): Promise<void> {
  await tx.account.create({ data: { id: randomUUID(), accountId, providerId: OIDC_PROVIDER_ID, userId: user.id } });
  await writeAudit(tx, actor, [{ action: "user.link", ...targetOf(user), after: THROUGH }]);
}

type KnownRole = { role: Role; isRoleMapped: boolean; keptAdmin: boolean };

async function bringRoleInStep(
  tx: Tx,
  actor: AuditActor,
  user: User,
  { role, isRoleMapped, keptAdmin }: KnownRole,
): Promise<void> {
  if (role !== user.role || isRoleMapped !== user.roleMapped)
    await tx.user.update({ where: { id: user.id }, data: { role, roleMapped: isRoleMapped } });
  const kept = { role, ...THROUGH, kept: "last-admin" };
  if (keptAdmin) await writeAudit(tx, actor, [{ action: "user.update", ...targetOf(user), after: kept }]);
  else if (role !== user.role)
    await writeAudit(tx, actor, [
      { action: "user.update", ...targetOf(user), before: { role: user.role }, after: { role, ...THROUGH } },
    ]);
}
