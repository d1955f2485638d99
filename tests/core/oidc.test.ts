import { describe, expect, it } from "vitest";
import { type EnvironmentError, readEnvironment } from "#lib/contracts/env.ts";
import { decideAdmission, type KnownPerson, OIDC_FAILURES } from "#lib/core/oidc/admission.ts";
import { type OidcIdentity, readIdentity } from "#lib/core/oidc/identity.ts";
import en from "#lib/i18n/messages/en/signIn.json" with { type: "json" };

const roles = [
  { value: "gb-admins", role: "admin" as const },
  { value: "ops", role: "operator" as const },
];
const open = { emailDomains: [], defaultRole: undefined };
const identity: OidcIdentity = {
  subject: "s",
  email: "ada@example.org",
  isEmailVerified: true,
  name: "Ada",
  role: null,
};
const person: KnownPerson = {
  by: "identity",
  role: "publisher",
  isRoleMapped: false,
  isDeactivated: false,
  isLastAdmin: false,
};

describe("the claims of an identity", () => {
  it("give the highest role of a name with dots, a path, a list or one text, and never of what is inherited", () => {
    const role = (roleClaim: string, claims: Record<string, unknown>) =>
      readIdentity({ sub: "s", ...claims }, { roleClaim, roles, assumesVerifiedEmail: false }).role;
    expect(role("groups", { groups: ["ops", "gb-admins"] })).toBe("admin");
    expect(role("groups", { groups: "ops" })).toBe("operator");
    expect(role("a.b", { a: { b: ["ops"] } })).toBe("operator");
    expect(role("https://x.example/roles", { "https://x.example/roles": ["ops"] })).toBe("operator");
    for (const groups of [[], ["OPS"], [{ ops: true }], 7, null]) expect(role("groups", { groups })).toBeNull();
    expect(role("constructor.name", {})).toBeNull();
  });

  it("give a name that can be shown, however they are filled", () => {
    const settings = { roleClaim: undefined, roles, assumesVerifiedEmail: false };
    const name = (claims: object) => readIdentity({ sub: "s", ...claims }, settings).name;
    expect(name({ name: " Ada\u0000 L. " })).toBe("Ada L.");
    expect(name({ given_name: "Ada", family_name: "L." })).toBe("Ada L.");
    expect(name({ email: "ada@example.org" })).toBe("ada");
    expect(name({ name: "é".repeat(300) })).toHaveLength(100);
    expect(name({})).toBe("—");
  });
});

it("an address is verified when the provider says so, and by its silence only where that is set", () => {
  const verified = (claims: object, assumesVerifiedEmail: boolean) =>
    readIdentity({ sub: "s", ...claims }, { roleClaim: undefined, roles, assumesVerifiedEmail }).isEmailVerified;
  for (const yes of [true, "true"])
    for (const assumed of [false, true]) expect(verified({ email_verified: yes }, assumed)).toBe(true);
  for (const no of [false, "false", "yes", 1, ""])
    for (const assumed of [false, true]) expect(verified({ email_verified: no }, assumed)).toBe(false);
  for (const silence of [{}, { email_verified: null }])
    expect([verified(silence, false), verified(silence, true)]).toEqual([false, true]);
});

describe("who may come in", () => {
  it("is who was invited, with the invitation's role unless a claim gives one", () => {
    expect(decideAdmission(identity, open, null, "operator")).toEqual({
      is: "new",
      role: "operator",
      isRoleMapped: false,
      byInvitation: true,
    });
    expect(decideAdmission({ ...identity, role: "admin" }, open, null, "operator")).toMatchObject({
      role: "admin",
      isRoleMapped: true,
      byInvitation: true,
    });
    expect(decideAdmission(identity, open, null, null)).toEqual({ is: "refused", reason: "not-invited" });
    expect(decideAdmission(identity, { ...open, defaultRole: "viewer" }, null, null)).toMatchObject({ role: "viewer" });
  });

  it("is not who is deactivated, whatever else speaks for them", () => {
    const gone = { ...person, isDeactivated: true };
    expect(decideAdmission({ ...identity, role: "admin" }, { ...open, defaultRole: "admin" }, gone, "admin")).toEqual({
      is: "refused",
      reason: "deactivated",
    });
  });

  it("falls back to the role for everybody when the claim gives none any more", () => {
    const mapped = { ...person, isRoleMapped: true };
    expect(decideAdmission(identity, open, mapped, null)).toEqual({ is: "refused", reason: "no-role" });
    expect(decideAdmission(identity, { ...open, defaultRole: "viewer" }, mapped, null)).toMatchObject({
      role: "viewer",
    });
    expect(decideAdmission(identity, { ...open, defaultRole: "viewer" }, person, null)).toMatchObject({
      role: "publisher",
    });
  });

  it("keeps the last administrator, demoted there or without any role", () => {
    const last = { ...person, role: "admin" as const, isRoleMapped: true, isLastAdmin: true };
    for (const role of ["viewer", null] as const)
      expect(decideAdmission({ ...identity, role }, open, last, null)).toMatchObject({
        role: "admin",
        keptAdmin: true,
      });
  });
});

it("the sign-in page has words for every failure", () => {
  expect(Object.keys(en.oidc.failed).sort()).toEqual([...OIDC_FAILURES].sort());
});

describe("the variables", () => {
  const good = {
    GB_OIDC_ISSUER: "https://login.example.org",
    GB_OIDC_CLIENT_ID: "x",
    GB_PUBLIC_URL: "https://balance.example.org",
  };
  const faults = (variables: Record<string, string>): string[] => {
    try {
      readEnvironment(variables);
      return [];
    } catch (error) {
      return (error as EnvironmentError).faults.map((fault) => fault.split(":")[0] ?? "").toSorted();
    }
  };

  it("are complete or not there, each fault named", () => {
    expect(faults(good)).toEqual([]);
    expect(faults({ GB_OIDC_CLIENT_ID: "x", GB_OIDC_ROLES: "a=viewer" })).toEqual([
      "GB_OIDC_CLIENT_ID",
      "GB_OIDC_ROLES",
    ]);
    expect(faults({ GB_OIDC_ISSUER: good.GB_OIDC_ISSUER })).toEqual(["GB_OIDC_CLIENT_ID", "GB_PUBLIC_URL"]);
    expect(faults({ ...good, GB_OIDC_ROLE_CLAIM: "groups" })).toEqual(["GB_OIDC_ROLES"]);
    expect(faults({ ...good, GB_OIDC_ROLES: "a=viewer" })).toEqual(["GB_OIDC_ROLE_CLAIM"]);
  });

  it("take no issuer in clear but on this machine, no unknown role, and no scopes without openid", () => {
    for (const issuer of ["http://login.example.org", "https://a@b.example", "https://b.example/?x", "login"])
      expect(faults({ ...good, GB_OIDC_ISSUER: issuer })).toEqual(["GB_OIDC_ISSUER"]);
    expect(faults({ ...good, GB_OIDC_ISSUER: "http://127.0.0.1:5000" })).toEqual([]);
    expect(faults({ ...good, GB_OIDC_SCOPES: "email" })).toEqual(["GB_OIDC_SCOPES"]);
    for (const minutes of ["0", "10081", "1.5", "an hour"])
      expect(faults({ ...good, GB_OIDC_SESSION_MINUTES: minutes })).toEqual(["GB_OIDC_SESSION_MINUTES"]);
    expect(faults({ ...good, GB_OIDC_EMAIL_VERIFIED: "no" })).toEqual(["GB_OIDC_EMAIL_VERIFIED"]);
    expect(faults({ ...good, GB_OIDC_DEFAULT_ROLE: "root" })).toEqual(["GB_OIDC_DEFAULT_ROLE"]);
    expect(faults({ ...good, GB_OIDC_ROLE_CLAIM: "g", GB_OIDC_ROLES: "a=root" })).toEqual(["GB_OIDC_ROLES"]);
    const issuer = readEnvironment({
      ...good,
      GB_OIDC_ISSUER: `${good.GB_OIDC_ISSUER}/.well-known/openid-configuration`,
    });
    expect(issuer.GB_OIDC_ISSUER).toBe(good.GB_OIDC_ISSUER);
  });
});
