import { beforeAll, describe, expect, it } from "vitest";
import type { Role } from "#lib/contracts/common.ts";
import { handleApi } from "#lib/server/dispatch.ts";
import { streamHub } from "#lib/server/live/hub.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { closeDb, databaseUrl, db } from "#lib/store/db.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { type Answered, api, cookieOf, faultPaths, ORIGIN, serveApi, signIn } from "./harness.ts";

serveApi();

const ROOT = "root@example.org";
const password = "correct horse battery";
const admin = (method: string, path: string, body?: object) => api(method, path, { as: "admin", body });
/** As a person, from a page of ours. */
const as = (cookie: string) => (method: string, path: string, body?: object) =>
  api(method, path, { headers: { cookie, origin: ORIGIN }, body });
const session = async (email: string, given = password) => as(cookieOf(await signIn(email, given)));
const codeOf = ({ status, body }: Answered) => [status, body?.code];

async function invitePerson(email: string, role: Role): Promise<Answered["body"]> {
  const { token } = (await admin("POST", "/invitations", { email, role })).body;
  const accepted = await api("POST", "/invitations/accept", { as: null, body: { token, name: "New", password } });
  expect(accepted.status).toBe(201);
  return accepted.body;
}
const lastAudit = async () => (await admin("GET", "/audit?limit=1")).body.items[0];

beforeAll(async () => {
  await bootstrapAccess(databaseUrl(), { adminEmail: ROOT, adminPassword: password });
});

describe("an invitation", () => {
  const accept = (body: object) => api("POST", "/invitations/accept", { as: null, body });
  const open = (token: string) => api("POST", "/invitations/open", { as: null, body: { token } });

  it("is accepted once, with a name and a password, and then the person signs in with the role", async () => {
    const made = await admin("POST", "/invitations", { email: " Ada@Example.ORG ", role: "operator" });
    expect(made.status).toBe(201);
    const { token, path, email, expiresAt, id } = made.body;
    expect([email, path]).toEqual(["ada@example.org", `/invitation#${token}`]);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    expect(await db().invitation.count({ where: { hash: hashToken(token) } })).toBe(1);
    expect(JSON.stringify((await admin("GET", "/invitations")).body)).not.toContain(token);
    expect((await open(token)).body).toMatchObject({ email, role: "operator" });

    expect(faultPaths(await accept({ token, name: " ", password: "elevenchars" }))).toEqual(["name", "password"]);
    const accepted = await accept({ token, name: "Ada L.", password: "twelve chars" });
    expect(accepted.body).toMatchObject({ name: "Ada L.", email, role: "operator", state: "active", lastSeenAt: null });
    expect(accepted.body).toMatchObject({ signInWays: ["password"], roleFrom: "here" });
    expect(await lastAudit()).toMatchObject({ action: "user.create", actorName: email, targetName: email });
    expect(JSON.stringify(await lastAudit())).not.toContain("twelve chars");
    expect(codeOf(await accept({ token, name: "Eve", password }))).toEqual([410, "invitation-invalid"]);
    expect((await admin("GET", "/invitations")).body.items.map((one: { id: string }) => one.id)).not.toContain(id);

    const ada = await session(email, "twelve chars");
    expect((await ada("GET", "/me")).body).toMatchObject({ name: email, role: "operator" });
    expect((await admin("GET", `/people/${accepted.body.id}`)).body).toMatchObject({ sessions: 1 });
    expect((await admin("GET", `/people/${accepted.body.id}`)).body.lastSeenAt).not.toBeNull();
  });

  it("makes one account when its link is used twice at the same time", async () => {
    const { token } = (await admin("POST", "/invitations", { email: "two@example.org", role: "viewer" })).body;
    const both = await Promise.all(["A", "B"].map((name) => accept({ token, name, password })));
    expect(both.map((answer) => answer.status).toSorted()).toEqual([201, 410]);
    expect(await db().user.count({ where: { email: "two@example.org" } })).toBe(1);
  });

  it("is void when it expired, was revoked, or has a newer link", async () => {
    const { token, id } = (await admin("POST", "/invitations", { email: "late@example.org", role: "viewer" })).body;
    const renewed = (await admin("POST", `/invitations/${id}/renew`, { expiresInDays: 1 })).body;
    expect(codeOf(await open(token))).toEqual([410, "invitation-invalid"]);
    expect((await open(renewed.token)).status).toBe(200);
    await db().invitation.update({ where: { id }, data: { expiresAt: new Date() } });
    expect(codeOf(await accept({ token: renewed.token, name: "L", password }))).toEqual([410, "invitation-invalid"]);
    expect((await admin("GET", "/invitations")).body.items[0]).toMatchObject({ id, state: "expired" });
    const again = (await admin("POST", `/invitations/${id}/renew`, {})).body;
    expect((await admin("DELETE", `/invitations/${id}`)).status).toBe(204);
    expect(await lastAudit()).toMatchObject({ action: "user.revoke-invitation", targetName: "late@example.org" });
    expect(codeOf(await accept({ token: again.token, name: "L", password }))).toEqual([410, "invitation-invalid"]);
    expect((await admin("DELETE", `/invitations/${id}`)).status).toBe(404);
    expect(await db().user.count({ where: { email: "late@example.org" } })).toBe(0);
  });

  it("is refused to who has an account or an invitation, and for what is no address, role or span", async () => {
    expect(codeOf(await admin("POST", "/invitations", { email: "ROOT@example.org", role: "viewer" }))).toEqual([
      409,
      "person-exists",
    ]);
    const input = { email: "once@example.org", role: "viewer" };
    expect((await admin("POST", "/invitations", input)).status).toBe(201);
    expect(codeOf(await admin("POST", "/invitations", input))).toEqual([409, "conflict"]);
    const wrong = await admin("POST", "/invitations", { email: "nobody", role: "king", expiresInDays: 31 });
    expect(faultPaths(wrong)).toEqual(["email", "expiresInDays", "role"]);
  });
});

describe("an administrator", () => {
  it("changes a role, which holds from the next request on", async () => {
    const { id, email } = await invitePerson("bob@example.org", "viewer");
    const bob = await session(email);
    expect(codeOf(await bob("GET", "/audit"))).toEqual([403, "forbidden"]);
    const changed = await admin("PATCH", `/people/${id}`, { role: "operator" });
    expect(changed.body).toMatchObject({ email, role: "operator" });
    expect((await bob("GET", "/audit")).status).toBe(200);
    expect(await lastAudit()).toMatchObject({
      action: "user.update",
      targetName: email,
      before: { role: "viewer" },
      after: { role: "operator" },
    });
  });

  it("deactivates a person: every session ends at once, and none begins until they are reactivated", async () => {
    const { id, email } = await invitePerson("carol@example.org", "operator");
    const carol = await session(email);
    expect((await carol("GET", "/me")).status).toBe(200);
    expect((await admin("PATCH", `/people/${id}`, { state: "deactivated" })).body).toMatchObject({
      state: "deactivated",
      sessions: 0,
    });
    expect((await carol("GET", "/me")).status).toBe(401);
    expect((await signIn(email, password)).status).toBe(403);
    expect((await signIn(email, "wrong horse battery")).status).toBe(401);
    expect(await db().session.count({ where: { userId: id } })).toBe(0);
    await admin("PATCH", `/people/${id}`, { state: "active" });
    expect(await lastAudit()).toMatchObject({ action: "user.reactivate", targetName: email });
    expect((await signIn(email, password)).status).toBe(200);
  });

  it("ends a person's sessions, and the live streams opened in them", async () => {
    const { id, email } = await invitePerson("dave@example.org", "viewer");
    const cookie = cookieOf(await signIn(email, password));
    const stream = await handleApi(new Request(`${ORIGIN}/api/v1/stream`, { headers: { cookie } }));
    expect([stream.status, streamHub().clientCount]).toEqual([200, 1]);
    const ended = stream.text();
    const { items } = (await admin("GET", `/people/${id}/sessions`)).body;
    expect(items).toMatchObject([{ browser: "Firefox", system: "Linux", isCurrent: false }]);
    expect((await admin("DELETE", `/people/${id}/sessions`)).status).toBe(204);
    await ended;
    expect(streamHub().clientCount).toBe(0);
    expect((await as(cookie)("GET", "/me")).status).toBe(401);
    expect(await lastAudit()).toMatchObject({ action: "user.end-sessions", after: { sessionsEnded: 1 } });
  });

  it("removes a person, whose address may then be invited anew", async () => {
    const { id, email } = await invitePerson("erin@example.org", "publisher");
    const erin = await session(email);
    expect((await admin("DELETE", `/people/${id}`)).status).toBe(204);
    expect((await erin("GET", "/me")).status).toBe(401);
    expect((await signIn(email, password)).status).toBe(401);
    expect((await admin("GET", `/people/${id}`)).status).toBe(404);
    expect((await invitePerson(email, "viewer")).role).toBe("viewer");
  });

  it("who is the last active one can be neither demoted, deactivated nor removed, however many try at once", async () => {
    const admins = () => db().user.findMany({ where: { role: "admin", deactivatedAt: null } });
    const second = await invitePerson("frank@example.org", "admin");
    const [root] = (await admins()).filter(({ id }) => id !== second.id);
    const both = await Promise.all([
      admin("PATCH", `/people/${second.id}`, { role: "viewer" }),
      admin("DELETE", `/people/${root?.id}`),
      admin("PATCH", `/people/${root?.id}`, { state: "deactivated" }),
    ]);
    const left = await admins();
    expect(left).toHaveLength(1);
    expect(both.some((answer) => answer.body?.code === "last-admin")).toBe(true);
    const [last] = left;
    for (const patch of [{ role: "publisher" }, { state: "deactivated" }])
      expect(codeOf(await admin("PATCH", `/people/${last?.id}`, patch))).toEqual([409, "last-admin"]);
    expect(codeOf(await admin("DELETE", `/people/${last?.id}`))).toEqual([409, "last-admin"]);
    expect((await admin("PATCH", `/people/${last?.id}`, { role: "admin", state: "active" })).status).toBe(200);
  });
});

describe("one's own account", () => {
  it("has a name that one changes, and a role that one does not", async () => {
    const { email } = await invitePerson("grace@example.org", "viewer");
    const grace = await session(email);
    expect((await grace("PATCH", "/account", { name: "Grace H." })).body).toMatchObject({ name: "Grace H.", email });
    expect(await lastAudit()).toMatchObject({ action: "user.update", actorName: email, after: { name: "Grace H." } });
    expect((await grace("PATCH", "/account", { role: "admin" })).status).toBe(400);
    expect(codeOf(await grace("GET", "/people"))).toEqual([403, "forbidden"]);
  });

  it("gets a new password for the present one only, which ends the other sessions and not this one", async () => {
    const { email } = await invitePerson("heidi@example.org", "viewer");
    const [here, there] = [await session(email), await session(email)];
    const change = (currentPassword: string, newPassword: string) =>
      here("POST", "/account/password", { currentPassword, newPassword });
    expect(codeOf(await change("wrong horse battery", "another password"))).toEqual([403, "wrong-password"]);
    expect(await lastAudit()).toMatchObject({ action: "user.change-password-failed", actorName: email });
    expect(JSON.stringify(await lastAudit())).not.toContain("horse battery");
    expect(faultPaths(await change(password, "elevenchars"))).toEqual(["newPassword"]);
    expect((await there("GET", "/me")).status).toBe(200);
    expect((await change(password, "another password")).status).toBe(204);
    expect([(await here("GET", "/me")).status, (await there("GET", "/me")).status]).toEqual([200, 401]);
    expect((await signIn(email, password)).status).toBe(401);
    expect((await signIn(email, "another password")).status).toBe(200);
  });

  it("has sessions that one sees and ends, and nobody else's", async () => {
    const { email } = await invitePerson("ivan@example.org", "viewer");
    const [here, there, elsewhere] = [await session(email), await session(email), await session(email)];
    const other = await session("grace@example.org");
    const [foreign] = (await other("GET", "/account/sessions")).body.items;
    const { items } = (await here("GET", "/account/sessions")).body;
    expect(items.filter((one: { isCurrent: boolean }) => one.isCurrent)).toHaveLength(1);
    expect(items).toHaveLength(3);
    expect(JSON.stringify(items)).not.toContain((await db().session.findFirstOrThrow()).token);
    const [mine] = (await there("GET", "/account/sessions")).body.items.filter(
      (one: { isCurrent: boolean }) => one.isCurrent,
    );
    expect((await here("DELETE", `/account/sessions/${foreign.id}`)).status).toBe(404);
    expect((await here("DELETE", `/account/sessions/${mine.id}`)).status).toBe(204);
    expect((await there("GET", "/me")).status).toBe(401);
    expect((await elsewhere("GET", "/me")).status).toBe(200);
    expect((await here("DELETE", "/account/sessions")).status).toBe(204);
    expect([(await here("GET", "/me")).status, (await elsewhere("GET", "/me")).status]).toEqual([200, 401]);
    expect((await other("GET", "/me")).status).toBe(200);
  });
});

describe("the session cookie", () => {
  it("is for this site and not for scripts, and with a public https address for TLS only", async () => {
    const { email } = await invitePerson("judy@example.org", "viewer");
    const attributes = async () => {
      const [cookie = ""] = (await signIn(email, password)).headers.getSetCookie();
      return cookie.split("; ");
    };
    const clear = await attributes();
    expect(clear[0]).toMatch(/^better-auth\.session_token=/);
    expect(clear).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/"]));
    process.env.GB_PUBLIC_URL = "https://balance.example.org";
    await closeDb();
    const secure = await attributes().finally(() => delete process.env.GB_PUBLIC_URL);
    await closeDb();
    expect(secure[0]).toMatch(/^__Secure-better-auth\.session_token=/);
    expect(secure).toEqual(expect.arrayContaining(["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]));
  });
});

describe("guessing passwords", () => {
  const statuses = async (count: number, one: (at: number) => Promise<Response>) =>
    (await Promise.all(Array.from({ length: count }, (_, at) => one(at)))).map(({ status }) => status);

  it("at one account ends after ten, from however many addresses and at once, with Retry-After", async () => {
    const answers = await statuses(14, (at) => signIn(ROOT, "wrong horse battery", `203.0.113.${at}`));
    expect(answers.filter((status) => status === 401)).toHaveLength(10);
    expect(answers.filter((status) => status === 429)).toHaveLength(4);
    // The right password does not get through either: an answer must not tell that it was guessed.
    const refused = await signIn(ROOT, password, "203.0.113.99");
    expect([refused.status, (await refused.json()).code]).toEqual([429, "too-many-requests"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(30);
    expect((await signIn("grace@example.org", password, "203.0.113.99")).status).toBe(200);
    await db().passwordAttempts.deleteMany();
  });

  it("from one address ends after forty, at however many accounts; a /64 of IPv6 is one address", async () => {
    const full = new Date(Date.now() + 3_600_000);
    expect((await signIn("x@example.org", "wrong horse battery", "2001:db8::1")).status).toBe(401);
    // As if many had been made of late: real ones would take long, since hashing is slow on purpose.
    await db().passwordAttempts.updateMany({ data: { fullAt: full } });
    expect((await signIn("grace@example.org", password, "2001:db8:0:0:ffff::2")).status).toBe(429);
    expect((await signIn("grace@example.org", password, "2001:db8:0:1::2")).status).toBe(200);
    await db().passwordAttempts.deleteMany();
  });

  it("does not lock out who knows theirs: a right one returns what it took", async () => {
    const answers: number[] = [];
    for (let at = 0; at < 12; at++) answers.push((await signIn("grace@example.org", password, "198.51.100.7")).status);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await db().passwordAttempts.count({ where: { fullAt: { gt: new Date(Date.now() + 1_000) } } })).toBe(0);
  });

  it("is no faster through an open session", async () => {
    const grace = await session("grace@example.org");
    const guess = () =>
      grace("POST", "/account/password", { currentPassword: "wrong horse battery", newPassword: password });
    const answers = await Promise.all(Array.from({ length: 12 }, guess));
    expect(answers.filter(({ body }) => body.code === "wrong-password")).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
    expect((await signIn("grace@example.org", password)).status).toBe(429);
    await db().passwordAttempts.deleteMany();
  });
});
