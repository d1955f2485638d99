// What of an identity provider's answers is trusted, and how one is asked.
import { describe, expect, it } from "vitest";
import { handleAuth } from "#lib/server/sign-in.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { CLIENT, OidcProvider } from "#tests/support/oidc-provider.ts";
import { ORIGIN } from "./harness.ts";
import {
  audits,
  begin,
  end,
  failed,
  invite,
  me,
  provider,
  request,
  serveOidc,
  signInAs,
  somebody,
  throughProvider,
} from "./oidc-rig.ts";

serveOidc();

describe("an answer that is not right", () => {
  const invited = async () => {
    const person = somebody();
    await invite(person.email, "viewer");
    return person;
  };
  const hour = Math.floor(Date.now() / 1_000) - 3_600;
  it.each([
    ["signed with a key that is not the provider's", { otherKey: true }],
    ["of another issuer", { claims: { iss: "http://127.0.0.1:1" } }],
    ["for another client", { claims: { aud: "another" } }],
    ["for several clients without saying for which", { claims: { aud: [CLIENT.id, "another"] } }],
    ["with the nonce of another sign-in", { claims: { nonce: "another" } }],
    ["without a nonce", { claims: { nonce: undefined } }],
    ["that has expired", { claims: { exp: hour, iat: hour - 300 } }],
    ["without a subject", { claims: { sub: " " } }],
  ])("an ID token %s lets nobody in", async (_what, bend) => {
    provider.bend = bend;
    const person = await invited();
    expect((await signInAs(person)).location).toBe(failed("invalid-answer"));
    expect(await db().user.count({ where: { email: person.email } })).toBe(0);
  });

  it("a callback with another state, without its cookie, or for a second time lets nobody in", async () => {
    provider.person = await invited();
    const { url, cookie } = await begin();
    const back = await throughProvider(url);
    const forged = new URL(back);
    forged.searchParams.set("state", "another-state");
    expect((await end(forged.href, cookie)).location).toBe(failed("expired"));
    expect((await end(back, "")).location).toBe(failed("expired"));
    expect((await end(back, cookie)).location).toBe("/");
    expect((await end(back, cookie)).location).toBe(failed("expired"));
  });

  it("a callback of another issuer is refused, and what the provider refuses is told", async () => {
    provider.person = await invited();
    const { url, cookie } = await begin();
    const mixed = new URL(await throughProvider(url));
    mixed.searchParams.set("iss", "https://another.example");
    expect((await end(mixed.href, cookie)).location).toBe(failed("invalid-answer"));
    provider.bend = { error: "access_denied" };
    expect((await signInAs(provider.person)).location).toBe(failed("denied"));
    expect((await audits("(not known)")).at(-1)?.after).toEqual({ reason: "denied", through: "oidc" });
    const before = await db().audit.count();
    await signInAs(provider.person);
    expect(await db().audit.count()).toBe(before);
  });

  it("an address that only the userinfo endpoint tells is taken from there", async () => {
    provider.bend = { emailFromUserinfo: true };
    const person = await invited();
    expect(await me(await signInAs(person))).toMatchObject({ name: person.email });
  });
});

describe("the button", () => {
  it("leads to the public address first when the browser is at another one", async () => {
    const response = await handleAuth(
      new Request("http://10.0.0.5/api/auth/sign-in/oidc", {
        method: "POST",
        headers: { host: "10.0.0.5", origin: "http://10.0.0.5", "content-type": "application/json" },
        body: JSON.stringify({ next: "/pools" }),
      }),
    );
    expect(await response.json()).toEqual({ url: `${ORIGIN}/sign-in?next=%2Fpools` });
  });

  it("is not for other sites, and leads to no other site afterwards", async () => {
    const headers = { host: "web.test", origin: "https://evil.example", "content-type": "application/json" };
    const url = `${ORIGIN}/api/auth/sign-in/oidc`;
    expect((await handleAuth(new Request(url, { method: "POST", headers, body: "{}" }))).status).toBe(403);
    const person = somebody();
    await invite(person.email, "viewer");
    expect((await signInAs(person, "//evil.example")).location).toBe("/");
  });

  it("says that the provider is away, and works again when it is back", async () => {
    const away = await new OidcProvider().start();
    const usual = process.env.GB_OIDC_ISSUER;
    try {
      process.env.GB_OIDC_ISSUER = away.issuer;
      const press = () => request("POST", "/api/auth/sign-in/oidc", "", {});
      for (const bend of [{ silent: true }, { issuer: "http://127.0.0.1:1" }]) {
        away.bend = bend;
        const answer = await press();
        expect([answer.status, (await answer.json()).code]).toEqual([502, "identity-provider-unavailable"]);
      }
      away.bend = {};
      await closeDb();
      expect((await press()).status).toBe(200);
    } finally {
      process.env.GB_OIDC_ISSUER = usual;
      await away.stop();
    }
  });

  it("is nowhere when no provider is configured", async () => {
    const usual = process.env.GB_OIDC_ISSUER;
    delete process.env.GB_OIDC_ISSUER;
    await closeDb();
    const statuses = [
      (await request("POST", "/api/auth/sign-in/oidc", "", {})).status,
      (await request("GET", "/api/auth/callback/oidc?code=x&state=y", "")).status,
      (await request("POST", "/api/auth/sign-in/social", "", { provider: "oidc" })).status,
    ];
    process.env.GB_OIDC_ISSUER = usual;
    expect(statuses).toEqual([404, 404, 404]);
  });
});
