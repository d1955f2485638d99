import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "#lib/store/control/database.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { inDatabase } from "#lib/store/in-database.ts";
import { rotateSecretKey } from "#lib/store/rotate-secret-key.ts";
import { processSecretKey, secretKeyOf } from "#lib/store/secret-key.ts";
import { receiver } from "#tests/control/receivers.ts";
import { cleanups, eventually } from "#tests/control/support.ts";
import { notify } from "#workers/notify/notifier.ts";
import { makeSender } from "#workers/notify/send.ts";
import { api, faultPaths, revisionCount, serveApi } from "./harness.ts";

serveApi();

const after = cleanups();
const secret = "a-signing-secret-of-24-or-more";
const hook = "https://hooks.example.org/services/T0/B0/the-token-in-the-url";
let pool: Database;
beforeEach(() => {
  pool = openDatabase(databaseUrl());
  after.add(() => pool.end());
});
afterEach(after.run);

/** A worker's part that sends what waits, again and again until the test is over. */
function sending() {
  const sender = makeSender(["127.0.0.0/8"]);
  let isOver = false;
  const loop = (async () => {
    while (!isOver) {
      await notify({ database: pool, sender, secretKey: processSecretKey, dashboardUrl: null });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  after.add(async () => {
    isOver = true;
    await loop;
    await sender.close();
  });
}

const add = (changes: object = {}, as: "admin" | "publisher" = "admin") =>
  api("POST", "/notification-channels", {
    as,
    body: { name: `c-${randomUUID().slice(0, 8)}`, target: { kind: "slack", url: hook }, ...changes },
  });
const path = (id: string) => `/notification-channels/${id}`;

/** All that the database and the answers say, as one text. */
async function everythingTold(): Promise<string> {
  const answers = await Promise.all(
    ["/notification-channels", "/notification-deliveries", "/audit?limit=500"].map((of) =>
      api("GET", of, { as: "admin" }),
    ),
  );
  const rows = await inDatabase(databaseUrl(), async (client) =>
    Promise.all(
      ["notification_channel", "notification_delivery", "audit"].map((table) => client.query(`SELECT * FROM ${table}`)),
    ),
  );
  return JSON.stringify([answers.map(({ body }) => body), rows.map((result) => result.rows)]);
}

describe("a channel", () => {
  it("says where it leads, and its secrets are nowhere in clear", async () => {
    const before = await revisionCount();
    const made = await add({ name: "ops" });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1${path(made.body.id)}`);
    expect(made.body).toMatchObject({
      name: "ops",
      kind: "slack",
      leadsTo: "hooks.example.org/…-url",
      last: null,
      pending: 0,
    });
    expect(made.body.match).toEqual({ leastLevel: 4, rules: [], poolIds: [], labels: [], resolved: true });
    await add({ target: { kind: "webhook", url: "https://ops.example.org/gb", signingSecret: secret } });
    const mail = { kind: "email", host: "mail.example.org", from: "gb@example.org", to: ["a@example.org"] };
    await add({ target: { ...mail, user: "gb", password: "hunter2-hunter2" } });
    expect((await api("GET", path(made.body.id), { as: "viewer" })).body).toEqual(made.body);
    const told = await everythingTold();
    for (const clear of ["the-token-in-the-url", secret, "hunter2"]) expect(told).not.toContain(clear);
    expect(await revisionCount()).toBe(before);
  });

  it("is changed and forgotten, each in the audit; its target stays unless it is given anew", async () => {
    const { id } = (await add({ name: "first" })).body;
    const sealed = async () => (await db().notificationChannel.findUniqueOrThrow({ where: { id } })).sealedTarget;
    const was = await sealed();
    const patched = await api("PATCH", path(id), { as: "admin", body: { name: "second", match: { leastLevel: 1 } } });
    expect(patched.body).toMatchObject({ name: "second", kind: "slack", match: { leastLevel: 1, resolved: true } });
    expect(await sealed()).toBe(was);
    const target = { kind: "wecom", url: "https://qyapi.example.org/cgi-bin/webhook/send?key=0123456789" };
    const moved = await api("PATCH", path(id), { as: "admin", body: { target } });
    expect(moved.body).toMatchObject({ kind: "wecom", leadsTo: "qyapi.example.org/…6789" });
    expect((await api("DELETE", path(id), { as: "admin" })).status).toBe(204);
    expect((await api("GET", path(id))).status).toBe(404);
    const { items } = (await api("GET", `/audit?targetId=${id}`, { as: "admin" })).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      ...["notification-channel.delete", "notification-channel.update", "notification-channel.update"],
      "notification-channel.create",
    ]);
  });

  it("names every fault of its input at once", async () => {
    const answer = await add({
      name: "",
      language: "fr",
      target: { kind: "webhook", url: "ftp://x", signingSecret: "short" },
      match: { leastLevel: 5 },
    });
    expect([answer.status, faultPaths(answer)]).toEqual([
      400,
      ["language", "match.leastLevel", "name", "target.signingSecret", "target.url"],
    ]);
    const mail = await add({ target: { kind: "email", host: "a b", port: 0, from: "me", to: [] } });
    expect(faultPaths(mail)).toEqual(["target.from", "target.host", "target.port", "target.to"]);
    expect((await add({ target: { kind: "pager", url: hook } })).status).toBe(400);
    expect((await add({ target: { kind: "slack", url: "https://me:pw@hooks.example.org/" } })).status).toBe(400);
  });

  it("has a name of its own, without case", async () => {
    await add({ name: "Pager" });
    const second = await add({ name: "pager" });
    expect([second.status, second.body.code]).toEqual([409, "duplicate-name"]);
  });
});

describe("a test message", () => {
  it("is sent at once, also by a channel that is off, and the answer says what came of it", async () => {
    const { received, url, answers } = await receiver(after);
    sending();
    const { id } = (await add({ enabled: false, target: { kind: "slack", url } })).body;
    const good = await api("POST", `${path(id)}/test`, { as: "operator", body: {} });
    expect(good.body).toMatchObject({ event: "test", state: "delivered", attempts: 1, lastError: null });
    expect(received[0]?.json.text).toBe("Test message from Gemini Balance");
    answers[0] = { status: 503, body: "busy" };
    const bad = await api("POST", `${path(id)}/test`, { as: "operator", body: {} });
    expect(bad.body).toMatchObject({ state: "failed", attempts: 1, lastError: "HTTP 503: busy" });
    expect((await api("GET", path(id))).body.last).toMatchObject({ state: "failed", lastError: "HTTP 503: busy" });
    answers[0] = { status: 200, body: "ok" };
    const again = await api("POST", `/notification-deliveries/${bad.body.id}/retry`, { as: "operator", body: {} });
    expect(again.body).toMatchObject({ state: "pending", attempts: 0 });
    await eventually(async () => {
      const { items } = (await api("GET", `/notification-deliveries?channelId=${id}`)).body;
      expect(items[0]).toMatchObject({ id: bad.body.id, state: "delivered" });
    });
    const twice = await api("POST", `/notification-deliveries/${bad.body.id}/retry`, { as: "operator", body: {} });
    expect([twice.status, twice.body.code]).toEqual([409, "conflict"]);
  });
});

describe("another secret key", () => {
  it("opens the channels as well after a rotation", async () => {
    const { received, url } = await receiver(after);
    const { id } = (await add({ target: { kind: "slack", url } })).body;
    const other = "5b".repeat(32);
    await rotateSecretKey(databaseUrl(), processSecretKey(), secretKeyOf(other));
    process.env.GB_SECRET_KEY = other;
    sending();
    expect((await api("POST", `${path(id)}/test`, { as: "operator", body: {} })).body.state).toBe("delivered");
    expect(received).toHaveLength(1);
  });
});
