// Who an identity provider says somebody is: the claims of a verified ID token, read under the settings.
import { ROLES, type Role } from "#lib/contracts/common.ts";
import type { OidcSettings } from "#lib/contracts/oidc.ts";

export type Claims = Record<string, unknown>;
export type OidcIdentity = {
  /** Never changes and is never given to somebody else (OpenID Connect Core 1.0, 2). */
  subject: string;
  /** In lower case; null: the provider tells none. */
  email: string | null;
  isEmailVerified: boolean;
  name: string;
  /** The highest that a value of the role claim maps to; null: none does. */
  role: Role | null;
};

const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
const isObject = (value: unknown): value is Claims => typeof value === "object" && value !== null;

type ReadingSettings = Pick<OidcSettings, "roleClaim" | "roles" | "assumesVerifiedEmail">;

export function readIdentity(claims: Claims, settings: ReadingSettings): OidcIdentity {
  const email = text(claims.email).toLowerCase() || null;
  return {
    subject: text(claims.sub),
    email,
    isEmailVerified: isVerified(claims.email_verified, settings),
    name: nameOf(claims, email),
    role: settings.roleClaim === undefined ? null : highest(valuesAt(claims, settings.roleClaim), settings.roles),
  };
}

/** Some send it as a text. What they say counts; only their silence may be taken for a yes. */
const isVerified = (claim: unknown, { assumesVerifiedEmail }: ReadingSettings): boolean =>
  claim === undefined || claim === null ? assumesVerifiedEmail : claim === true || claim === "true";

const MAX_NAME = 100;

function nameOf(claims: Claims, email: string | null): string {
  const whole = text(claims.name) || `${text(claims.given_name)} ${text(claims.family_name)}`.trim();
  const name = whole || text(claims.preferred_username) || email?.split("@")[0] || "";
  const printable = name.normalize("NFC").replaceAll(/\p{C}+/gu, "");
  return [...printable].slice(0, MAX_NAME).join("").trim() || "—";
}

/** A claim's name may itself hold dots (`https://example.org/roles`); else they part the names of a path. */
function valuesAt(claims: Claims, claim: string): string[] {
  const found = Object.hasOwn(claims, claim)
    ? claims[claim]
    : claim
        .split(".")
        .reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), claims);
  return (Array.isArray(found) ? found : [found]).filter((value) => typeof value === "string");
}

function highest(values: string[], mapping: OidcSettings["roles"]): Role | null {
  const roles = mapping.filter(({ value }) => values.includes(value)).map(({ role }) => ROLES.indexOf(role));
  return roles.length === 0 ? null : (ROLES[Math.max(...roles)] ?? null);
}
