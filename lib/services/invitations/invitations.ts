// What the services about invitations share.
import { Role } from "#lib/contracts/common.ts";
import type { Invitation, NewInvitation } from "#lib/contracts/people.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import type { Tx } from "#lib/store/db.ts";
import type { Invitation as InvitationRow } from "#lib/store/generated/client.ts";
import { hashToken } from "#lib/store/secrets.ts";

const DAY_MS = 86_400_000;
export const expiryAfter = (days: number): Date => new Date(Date.now() + days * DAY_MS);

export const toInvitation = (row: InvitationRow): Invitation => ({
  id: row.id,
  email: row.email,
  role: Role.parse(row.role),
  invitedBy: row.invitedBy,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  state: row.expiresAt > new Date() ? "pending" : "expired",
});

export const withToken = (row: InvitationRow, token: string): NewInvitation => ({
  ...toInvitation(row),
  token,
  path: `/invitation#${token}`,
});

/**
 * The invitation whose link has `token`; whether it was revoked, replaced, accepted or never made is nobody's business.
 * @throws {ServiceError} `invitation-invalid`
 */
export async function findByToken(tx: Tx, token: string): Promise<InvitationRow> {
  const row = await tx.invitation.findUnique({ where: { hash: hashToken(token) } });
  if (row && row.expiresAt > new Date()) return row;
  throw new ServiceError("invitation-invalid", "This invitation is not valid (any more). Ask for a new one.");
}

export const personExists = (email: string): ServiceError =>
  new ServiceError("person-exists", `${email} has an account already.`, {
    faults: [{ path: ["email"], code: "person-exists", message: "has an account already" }],
  });
