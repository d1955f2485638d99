import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { auth } from "#lib/server/auth.ts";
import { handleApi } from "#lib/server/dispatch.ts";
import { streamHub } from "#lib/server/live/hub.ts";
import { handleAuth } from "#lib/server/sign-in.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { resetPassword } from "#lib/store/reset-password.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { api, cookieOf, faultPaths, makePool, ORIGIN, serveApi, signIn } from "./harness.ts";

serveApi();

describe("the live stream", () => {
  it("opens the stream to nobody without identity", async () => {
    expect((await api("GET", "/stream", { as: null })).status).toBe(401);
    expect(streamHub().clientCount).toBe(0);
  });
});

describe("tokens", () => {
  it("are shown once, work at once, and are refused as soon as they are revoked", async () => {
    const made = await api("POST", "/tokens", { as: "admin", body: { name: "ci", role: "operator" } });
    expect(made.status).toBe(201);
    const headers = { authorization: `Bearer ${made.body.token}` };
    expect((await api("GET", "/me", { headers })).body).toEqual({
      name: "ci",
      role: "operator",
      kind: "token",
      poolIds: null,
    });
    const listed = (await api("GET", "/tokens", { as: "admin" })).body.items;
    expect(JSON.stringify(listed)).not.toContain(made.body.token);
    expect(listed.find((token: { id: string }) => token.id === made.body.id).lastUsedAt).not.toBeNull();
    expect(await db().apiToken.count({ where: { hash: hashToken(made.body.token) } })).toBe(1);
    expect((await api("DELETE", `/tokens/${made.body.id}`, { as: "admin" })).status).toBe(204);
    expect((await api("GET", "/me", { headers })).status).toBe(401);
  });

  it("are refused when they have expired or are not bearer tokens", async () => {
    const token = "an-expired-token-of-tests";
    const expiresAt = new Date(Date.now() - 1);
    await db().apiToken.create({ data: { name: "old", role: "admin", hash: hashToken(token), expiresAt } });
    expect((await api("GET", "/me", { headers: { authorization: `Bearer ${token}` } })).body.detail).toContain(
      "expired",
    );
    expect((await api("GET", "/me", { headers: { authorization: "Basic YTpi" } })).status).toBe(401);
    expect((await api("GET", "/me", { headers: { authorization: "Bearer nobody-knows-it" } })).status).toBe(401);
  });

  it("have names of their own, an expiry in the future, and never the bootstrap token's name", async () => {
    const make = (body: object) => api("POST", "/tokens", { as: "admin", body });
    expect((await make({ name: "twice", role: "viewer" })).status).toBe(201);
    expect((await make({ name: "Twice", role: "viewer" })).body.code).toBe("duplicate-name");
    expect((await make({ name: "bootstrap", role: "viewer" })).body.code).toBe("duplicate-name");
    expect(faultPaths(await make({ name: "late", role: "viewer", expiresAt: "2020-01-01T00:00:00Z" }))).toEqual([
      "expiresAt",
    ]);
    expect(faultPaths(await make({ name: "?", role: "king" }))).toEqual(["name", "role"]);
  });
});

describe("people", () => {
  const password = "correct horse battery";
  it("sign in as the administrator of the first start, who is made once", async () => {
    const settings = { adminEmail: "Root@Example.org", adminPassword: password };
    const first = await bootstrapAccess(databaseUrl(), settings);
    expect(first.createdAdmin).toEqual({ email: "root@example.org", password, generated: false });
    expect(await bootstrapAccess(databaseUrl(), { ...settings, adminEmail: "other@example.org" })).toEqual({
      createdAdmin: null,
    });
    expect((await signIn("root@example.org", "wrong horse battery")).status).toBe(401);
    const signedIn = await signIn("root@example.org", password);
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers.getSetCookie().join()).toMatch(/HttpOnly/i);
    const me = await api("GET", "/me", { headers: { cookie: cookieOf(signedIn) } });
    expect(me.body).toEqual({ name: "root@example.org", role: "admin", kind: "user", poolIds: null });
  });

  it("cannot be made to change anything by another site's page", async () => {
    const cookie = cookieOf(await signIn("root@example.org", password));
    const make = (headers: Record<string, string>) =>
      api("POST", "/pools", {
        headers: { cookie, ...headers },
        body: { name: `csrf ${randomUUID().slice(0, 8)}`, algorithm: "peak-ewma" },
      });
    expect((await make({ origin: "http://evil.test" })).status).toBe(403);
    expect((await make({ origin: "null" })).status).toBe(403);
    expect((await make({})).status).toBe(403);
    expect((await make({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await make({ origin: ORIGIN })).status).toBe(201);
    expect((await make({ "sec-fetch-site": "same-origin" })).status).toBe(201);
  });

  it("cannot sign up by themselves, nor reach anything of the sign-in's library but signing in and out", async () => {
    const cookie = cookieOf(await signIn("root@example.org", password));
    const headers = { "content-type": "application/json", host: "web.test", origin: ORIGIN, cookie };
    const input = { email: "me@example.org", name: "me", password, newPassword: password, currentPassword: password };
    const body = JSON.stringify({ ...input, role: "admin" });
    const post = (path: string) =>
      handleAuth(new Request(`${ORIGIN}/api/auth/${path}`, { method: "POST", headers, body }));
    for (const path of [
      "sign-up/email",
      "sign-up/email/",
      "update-user",
      "change-password",
      "change-email",
      "delete-user",
    ])
      expect([path, (await post(path)).status]).toEqual([path, 404]);
    for (const path of [
      "revoke-sessions",
      "update-session",
      "request-password-reset",
      "reset-password",
      "sign-in/social",
    ])
      expect([path, (await post(path)).status]).toEqual([path, 404]);
    expect((await handleAuth(new Request(`${ORIGIN}/api/auth/list-sessions`, { headers }))).status).toBe(404);
    // Were it reachable, it would refuse all the same.
    const signUp = new Request(`${ORIGIN}/api/auth/sign-up/email`, { method: "POST", headers, body });
    expect((await auth().handler(signUp)).status).toBeGreaterThanOrEqual(400);
    expect(await db().user.count()).toBe(1);
    expect((await api("GET", "/me", { headers: { cookie } })).body.role).toBe("admin");
  });

  it("get a new password when theirs is lost: the old one and every session end, and the audit has it", async () => {
    const cookie = cookieOf(await signIn("root@example.org", password));
    await expect(resetPassword(databaseUrl(), "nobody@example.org")).rejects.toThrow("root@example.org (admin)");
    expect((await api("GET", "/me", { headers: { cookie } })).status).toBe(200);
    const generated = await resetPassword(databaseUrl(), null);
    expect(generated.email).toBe("root@example.org");
    expect((await api("GET", "/me", { headers: { cookie } })).status).toBe(401);
    expect((await signIn("root@example.org", password)).status).toBe(401);
    expect((await signIn("root@example.org", generated.password)).status).toBe(200);
    await resetPassword(databaseUrl(), "Root@Example.org", password);
    expect((await signIn("root@example.org", password)).status).toBe(200);
    const { items } = (await api("GET", "/audit?limit=1&action=user.reset-password", { as: "admin" })).body;
    expect(items[0]).toMatchObject({ action: "user.reset-password", targetName: "root@example.org" });
  });
});

describe("the bootstrap token", () => {
  it("comes, is replaced, and goes with GB_API_TOKEN", async () => {
    const start = (apiToken?: string) => bootstrapAccess(databaseUrl(), { adminEmail: "a@example.org", apiToken });
    const status = async (token: string) =>
      (await api("GET", "/tokens", { headers: { authorization: `Bearer ${token}` } })).status;
    await start("first-bootstrap-token");
    await start("first-bootstrap-token");
    expect(await status("first-bootstrap-token")).toBe(200);
    await start("second-bootstrap-token");
    expect(await status("first-bootstrap-token")).toBe(401);
    expect(await status("second-bootstrap-token")).toBe(200);
    await start();
    expect(await status("second-bootstrap-token")).toBe(401);
    const { items } = (await api("GET", "/audit?limit=3", { as: "admin" })).body;
    expect(items.map((entry: { action: string }) => entry.action)).toEqual([
      "token.delete",
      "token.replace",
      "token.create",
    ]);
  });
});

describe("HTTP", () => {
  const send = (init: RequestInit & { path?: string }) =>
    handleApi(
      new Request(`${ORIGIN}/api/v1${init.path ?? "/pools"}`, {
        ...init,
        headers: {
          authorization: "Bearer test-token-of-publisher",
          "content-type": "application/json",
          ...init.headers,
        },
      }),
    );
  const codeOf = async (response: Response) => [response.status, (await response.json()).code];

  it("answers broken JSON, another type, and a body above 1 MiB, each with its own code", async () => {
    expect(await codeOf(await send({ method: "POST", body: "{" }))).toEqual([400, "invalid-json"]);
    expect(
      await codeOf(await send({ method: "POST", body: "a=b", headers: { "content-type": "text/plain" } })),
    ).toEqual([415, "unsupported-media-type"]);
    const large = JSON.stringify({ name: "x".repeat(1_048_577) });
    expect(await codeOf(await send({ method: "POST", body: large }))).toEqual([413, "payload-too-large"]);
    const piece = new TextEncoder().encode("x".repeat(600_000));
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(piece) });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body: endless, duplex: "half" };
    expect(await codeOf(await send(init))).toEqual([413, "payload-too-large"]);
  });

  it("names what is missing when there is no body", async () => {
    const answer = await api("POST", "/pools");
    expect([answer.status, faultPaths(answer)]).toEqual([400, ["algorithm", "name"]]);
  });

  it("answers 405 with Allow, HEAD without a body, and OPTIONS with what is possible", async () => {
    const put = await send({ method: "PUT", body: "{}" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    const head = await send({ method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await send({ method: "OPTIONS" })).headers.get("allow")).toBe("GET, HEAD, POST");
  });

  it("keeps a sane request id and replaces another", async () => {
    const sane = await send({ method: "GET", path: "/nope", headers: { "x-request-id": "abc-1" } });
    expect([sane.headers.get("x-request-id"), (await sane.json()).requestId]).toEqual(["abc-1", "abc-1"]);
    const strange = await send({ method: "GET", headers: { "x-request-id": "<script>" } });
    expect(strange.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("audit", () => {
  it("tells who did what, with before and after, and cannot be rewritten", async () => {
    const pool = await makePool();
    await api("PATCH", `/pools/${pool.id}`, { body: { description: "why not" } });
    const { items } = (await api("GET", `/audit?targetId=${pool.id}`, { as: "operator" })).body;
    expect(items).toMatchObject([
      {
        action: "pool.update",
        actorName: "a publisher",
        before: { description: "" },
        after: { description: "why not" },
      },
      { action: "pool.create", actorKind: "token", targetName: pool.name, revision: pool.revision, before: null },
    ]);
    await expect(db().$executeRaw`UPDATE audit SET actor_name = 'nobody'`).rejects.toThrow(/append-only/);
    await expect(db().$executeRaw`DELETE FROM audit`).rejects.toThrow(/append-only/);
    await expect(db().$executeRaw`UPDATE revision SET note = ''`).rejects.toThrow(/append-only/);
  });
});
