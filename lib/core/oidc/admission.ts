// Whether somebody whom an identity provider vouches for may come in, and with which role. Nobody gets in by having an account
// there: they were invited here, a value of the role claim admits them, or the settings admit everybody with one role.
import type { Role } from "#lib/contracts/common.ts";
import type { OidcSettings } from "#lib/contracts/oidc.ts";
import type { OidcIdentity } from "./identity.ts";

/** Why not; the sign-in page has words for each. */
export const OIDC_REFUSALS = [
  "email-missing",
  "email-not-verified",
  "email-domain",
  "deactivated",
  "other-identity",
  "not-invited",
  "no-role",
] as const;
export type OidcRefusal = (typeof OIDC_REFUSALS)[number];

/** Why signing in through the provider failed before it was known who it is, or without their doing. */
export const OIDC_FAILURES = [
  ...OIDC_REFUSALS,
  "denied",
  "expired",
  "invalid-answer",
  "identity-provider-unavailable",
  "too-many-requests",
  "internal",
] as const;
export type OidcFailure = (typeof OIDC_FAILURES)[number];
export const isOidcFailure = (code: string): code is OidcFailure => OIDC_FAILURES.includes(code as OidcFailure);

/** The person here that the identity is linked to, or else that has its e-mail address. */
export type KnownPerson = {
  /** How they are connected: by the identity itself, by the address alone, or the address has another identity already. */
  by: "identity" | "email" | "other-identity";
  role: Role;
  /** The provider's claims gave the role, or the settings for everybody. */
  isRoleMapped: boolean;
  isDeactivated: boolean;
  isLastAdmin: boolean;
};

export type Admission =
  | { is: "refused"; reason: OidcRefusal }
  | { is: "known"; link: boolean; role: Role; isRoleMapped: boolean; keptAdmin: boolean }
  | { is: "new"; role: Role; isRoleMapped: boolean; byInvitation: boolean };

/** @param invitedAs role of an invitation of the identity's address that has not expired */
export function decideAdmission(
  identity: OidcIdentity,
  settings: Pick<OidcSettings, "emailDomains" | "defaultRole">,
  person: KnownPerson | null,
  invitedAs: Role | null,
): Admission {
  const refused = (reason: OidcRefusal): Admission => ({ is: "refused", reason });
  const { email } = identity;
  if (email === null || !email.includes("@")) return refused("email-missing");
  if (settings.emailDomains.length > 0 && !settings.emailDomains.includes(email.slice(email.lastIndexOf("@") + 1)))
    return refused("email-domain");
  // Once linked, the subject says who it is; until then only a verified address does.
  if (person?.by !== "identity" && !identity.isEmailVerified) return refused("email-not-verified");
  if (person?.by === "other-identity") return refused("other-identity");
  if (person?.isDeactivated) return refused("deactivated");
  const given = identity.role ?? settings.defaultRole ?? null;
  if (!person) return admitNew(identity, given, invitedAs);
  const link = person.by === "email";
  // Roles that people gave here stay unless a claim says otherwise.
  if (identity.role === null && !person.isRoleMapped)
    return { is: "known", link, role: person.role, isRoleMapped: false, keptAdmin: false };
  if (person.isLastAdmin && given !== "admin")
    return { is: "known", link, role: "admin", isRoleMapped: person.isRoleMapped, keptAdmin: true };
  return given === null ? refused("no-role") : { is: "known", link, role: given, isRoleMapped: true, keptAdmin: false };
}

function admitNew(identity: OidcIdentity, given: Role | null, invitedAs: Role | null): Admission {
  const byInvitation = invitedAs !== null;
  if (identity.role === null && invitedAs !== null)
    return { is: "new", role: invitedAs, isRoleMapped: false, byInvitation };
  return given === null
    ? { is: "refused", reason: "not-invited" }
    : { is: "new", role: given, isRoleMapped: true, byInvitation };
}
