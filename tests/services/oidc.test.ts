// Who may come in through an identity provider, and with which role.
import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { CLIENT } from "#tests/support/oidc-provider.ts";
import { api, ORIGIN } from "./harness.ts";
import {
  audits,
  begin,
  failed,
  invite,
  me,
  policy,
  provider,
  ROOT,
  request,
  serveOidc,
  signInAs,
  somebody,
} from "./oidc-rig.ts";

serveOidc();

describe("who was invited", () => {
  it("comes in with the invitation's role, which is used up, and lands where they wanted to go", async () => {
    const ada = somebody();
    await invite(ada.email, "operator");
    const ended = await signInAs({ ...ada, email: ada.email.toUpperCase() }, "/pools/x?tab=nodes&q=a~(b)");
    expect([ended.status, ended.location]).toEqual([302, "/pools/x?tab=nodes&q=a~(b)"]);
    expect(await me(ended)).toMatchObject({ name: ada.email, role: "operator" });
    expect(await db().invitation.count({ where: { email: ada.email } })).toBe(0);
    const told = await audits(ada.email);
    expect(told.map(({ action, actorName, after }) => [action, actorName, after])).toEqual([
      ["user.invite", "a admin", expect.anything()],
      ["user.create", ada.email, { name: ada.name, role: "operator", invitedBy: "a admin", through: "oidc" }],
      ["session.sign-in", ada.email, { through: "oidc" }],
    ]);
    // Nothing of the provider's tokens is kept.
    const account = await db().account.findFirstOrThrow({ where: { user: { email: ada.email } } });
    expect([account.accessToken, account.refreshToken, account.idToken, account.password]).toEqual(Array(4).fill(null));
    expect(account.accountId).toBe(`${provider.issuer} ${ada.sub}`);
  });

  it("asks with PKCE, state and nonce, and with the public address alone", async () => {
    await begin();
    await signInAs(somebody());
    const asked = Object.fromEntries(provider.asked.at(-1) ?? []);
    expect(asked).toMatchObject({
      response_type: "code",
      client_id: CLIENT.id,
      scope: "openid email profile",
      redirect_uri: `${ORIGIN}/api/auth/callback/oidc`,
      code_challenge_method: "S256",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]?.length).toBeGreaterThan(30);
  });

  it("is linked to the account that they have, and known by subject when their address changes there", async () => {
    const bo = somebody();
    const { token } = (await invite(bo.email, "publisher")).body;
    const body = { token, name: "Bo", password: "correct horse battery" };
    await api("POST", "/invitations/accept", { as: null, body });
    expect(await me(await signInAs(bo))).toMatchObject({ name: bo.email, role: "publisher" });
    const renamed = { ...bo, email: "bo-renamed@example.org", email_verified: false };
    expect(await me(await signInAs(renamed))).toMatchObject({ name: bo.email });
    expect((await audits(bo.email)).filter(({ action }) => action === "user.link")).toHaveLength(1);
    expect(await db().user.count({ where: { email: renamed.email } })).toBe(0);
    // Somebody else who is given the address later is not Bo.
    expect((await signInAs({ ...bo, sub: "another" })).location).toBe(failed("other-identity"));
  });

  it("makes one account when two windows come back at once", async () => {
    const cy = somebody();
    await invite(cy.email, "viewer");
    const both = await Promise.all([signInAs(cy), signInAs(cy)]);
    for (const ended of both) expect(await me(ended)).toMatchObject({ name: cy.email, role: "viewer" });
    expect(await db().account.count({ where: { user: { email: cy.email } } })).toBe(1);
  });
});

describe("who was not invited", () => {
  it("stays out, without an account, and the audit says why", async () => {
    const eve = somebody();
    const ended = await signInAs(eve, "/pools");
    expect([ended.status, ended.location]).toEqual([302, `${failed("not-invited")}&next=%2Fpools`]);
    expect((await api("GET", "/me", { headers: { cookie: ended.cookie } })).status).toBe(401);
    expect(await db().user.count({ where: { email: eve.email } })).toBe(0);
    const [told] = await audits(eve.email);
    expect(told).toMatchObject({ action: "session.sign-in-failed", actorKind: "anonymous" });
    expect(told?.after).toEqual({ reason: "not-invited", through: "oidc" });
  });

  it("stays out with an address that is not verified, of another domain, or none, invited or not", async () => {
    await policy({ GB_OIDC_EMAIL_DOMAINS: "example.org" });
    const person = somebody({ email_verified: false });
    await invite(person.email, "admin");
    expect((await signInAs(person)).location).toBe(failed("email-not-verified"));
    for (const email of ["x@evil.example", "x@sub.example.org", "x@example.org@evil.example"])
      expect((await signInAs(somebody({ email }))).location).toBe(failed("email-domain"));
    expect((await signInAs({ sub: "nobody" })).location).toBe(failed("email-missing"));
    expect(await me(await signInAs({ ...person, email_verified: true }))).toMatchObject({ role: "admin" });
    await db().user.deleteMany({ where: { email: person.email } });
  });

  it("comes in where everybody has a role by default, and not with an invitation that has expired otherwise", async () => {
    const late = somebody();
    const { id } = (await invite(late.email, "admin")).body;
    await db().invitation.update({ where: { id }, data: { expiresAt: new Date() } });
    expect((await signInAs(late)).location).toBe(failed("not-invited"));
    await policy({ GB_OIDC_DEFAULT_ROLE: "viewer" });
    expect(await me(await signInAs(late))).toMatchObject({ role: "viewer" });
  });
});

describe("a claim that maps to roles", () => {
  const mapped = { GB_OIDC_ROLE_CLAIM: "realm.groups", GB_OIDC_ROLES: "gb ops=operator, gb-admins=admin" };
  const groups = (...values: string[]) => ({ realm: { groups: values } });

  it("admits people, the highest value counting, and is read again at each sign-in", async () => {
    await policy(mapped);
    const dan = somebody();
    expect((await signInAs({ ...dan, ...groups("others") })).location).toBe(failed("not-invited"));
    expect(await me(await signInAs({ ...dan, ...groups("gb ops", "gb-admins") }))).toMatchObject({ role: "admin" });
    const demoted = await signInAs({ ...dan, ...groups("gb ops") });
    expect(await me(demoted)).toMatchObject({ role: "operator" });
    const [change] = (await audits(dan.email)).filter(({ action }) => action === "user.update");
    expect([change?.before, change?.after]).toEqual([{ role: "admin" }, { role: "operator", through: "oidc" }]);
    // Who has no role there any more is signed out here as well.
    expect((await signInAs({ ...dan, ...groups() })).location).toBe(failed("no-role"));
    expect((await api("GET", "/me", { headers: { cookie: demoted.cookie } })).status).toBe(401);
  });

  it("leaves the role that people were given here as long as none of its values fits", async () => {
    await policy(mapped);
    const flo = somebody();
    await invite(flo.email, "publisher");
    expect(await me(await signInAs(flo))).toMatchObject({ role: "publisher" });
    expect(await me(await signInAs({ ...flo, ...groups("gb ops") }))).toMatchObject({ role: "operator" });
    const { id } = await db().user.findUniqueOrThrow({ where: { email: flo.email } });
    await api("PATCH", `/people/${id}`, { as: "admin", body: { role: "publisher" } });
    expect(await me(await signInAs(flo))).toMatchObject({ role: "publisher" });
  });

  it("never takes the last active administrator's role", async () => {
    await policy(mapped);
    const root = { sub: "root", email: ROOT, email_verified: true, name: "Root" };
    expect(await me(await signInAs({ ...root, ...groups("gb ops") }))).toMatchObject({ role: "admin" });
    expect((await audits(ROOT)).at(-2)).toMatchObject({ action: "user.update", after: { kept: "last-admin" } });
    await db().user.create({ data: { id: "second", name: "S", email: "second@example.org", role: "admin" } });
    expect(await me(await signInAs({ ...root, ...groups("gb ops") }))).toMatchObject({ role: "operator" });
  });
});

it("takes a provider's silence about the address for a yes only where that is set, and never its no", async () => {
  const { email_verified: _, ...hal } = somebody();
  await invite(hal.email, "operator");
  expect((await signInAs(hal)).location).toBe(failed("email-not-verified"));
  await policy({ GB_OIDC_EMAIL_VERIFIED: "assumed" });
  expect((await signInAs({ ...hal, email_verified: false })).location).toBe(failed("email-not-verified"));
  expect(await me(await signInAs(hal))).toMatchObject({ role: "operator" });
});

describe("a session that began at the provider", () => {
  const signedIn = async ({ cookie }: { cookie: string }) => (await api("GET", "/me", { headers: { cookie } })).status;

  it("ends when its time is up, however it was used, so that what was taken away there takes effect here", async () => {
    await policy({ GB_OIDC_SESSION_MINUTES: "5", GB_OIDC_ROLE_CLAIM: "groups", GB_OIDC_ROLES: "ops=operator" });
    const ida = somebody({ groups: ["ops"] });
    const beganMs = Date.now();
    const ended = await signInAs(ida);
    const session = () => db().session.findFirstOrThrow({ where: { user: { email: ida.email } } });
    const { id, expiresAt } = await session();
    expect(expiresAt.getTime() - beganMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(5 * 60_000);
    expect(await signedIn(ended)).toBe(200);
    expect((await request("GET", "/api/auth/get-session", ended.cookie)).status).toBe(404);
    expect((await session()).expiresAt).toEqual(expiresAt);
    await db().session.update({ where: { id }, data: { expiresAt: new Date() } });
    expect(await signedIn(ended)).toBe(401);
    expect((await signInAs({ ...ida, groups: [] })).location).toBe(failed("no-role"));
  });

  it("has the role that an administrator gives with its next request", async () => {
    const jo = somebody();
    await invite(jo.email, "admin");
    const ended = await signInAs(jo);
    const { id } = await db().user.findUniqueOrThrow({ where: { email: jo.email } });
    await api("PATCH", `/people/${id}`, { as: "admin", body: { role: "viewer" } });
    expect(await me(ended)).toMatchObject({ role: "viewer" });
    expect((await api("GET", "/people", { headers: { cookie: ended.cookie } })).status).toBe(403);
  });
});

it("people are told by how they may sign in, and by who gives them their role", async () => {
  await policy({ GB_OIDC_ROLE_CLAIM: "groups", GB_OIDC_ROLES: "ops=operator" });
  const kim = somebody({ groups: ["ops"] });
  await signInAs(kim);
  const person = async (email: string) =>
    (await api("GET", "/people", { as: "admin" })).body.items.find((one: { email: string }) => one.email === email);
  expect(await person(kim.email)).toMatchObject({ signInWays: ["oidc"], roleFrom: "oidc" });
  const root = await db().user.findUniqueOrThrow({ where: { email: ROOT } });
  await db().account.deleteMany({ where: { userId: root.id, providerId: "oidc" } });
  expect((await person(ROOT)).signInWays).toEqual(["password"]);
  await signInAs({ sub: "root again", email: ROOT, email_verified: true, groups: ["ops"] });
  expect((await person(ROOT)).signInWays).toEqual(["password", "oidc"]);
  const { id } = await person(kim.email);
  await api("PATCH", `/people/${id}`, { as: "admin", body: { role: "viewer" } });
  expect((await api("GET", `/people/${id}`, { as: "admin" })).body).toMatchObject({ role: "viewer", roleFrom: "here" });
});

it("keeps who is deactivated out, and who is deactivated afterwards at once", async () => {
  const gus = somebody();
  await invite(gus.email, "viewer");
  const ended = await signInAs(gus);
  const { id } = await db().user.findUniqueOrThrow({ where: { email: gus.email } });
  await api("PATCH", `/people/${id}`, { as: "admin", body: { state: "deactivated" } });
  expect((await api("GET", "/me", { headers: { cookie: ended.cookie } })).status).toBe(401);
  expect((await signInAs(gus)).location).toBe(failed("deactivated"));
  expect((await audits(gus.email)).at(-1)?.after).toEqual({ reason: "deactivated", through: "oidc" });
});
