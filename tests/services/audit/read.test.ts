// Finding entries again, and taking all of them along.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/contracts/access.ts";
import { handleApi } from "#lib/server/dispatch.ts";
import { handleAuth } from "#lib/server/sign-in.ts";
import { exportAudit } from "#lib/services/export-audit.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { api, cookieOf, faultPaths, makeNode, makePool, ORIGIN, serveApi, signIn } from "../harness.ts";

serveApi();

type Entry = { id: string; action: string; targetName: string; at: string; actorName: string };
const find = async (query: string): Promise<Entry[]> => {
  const { status, body } = await api("GET", `/audit?${query}`, { as: "operator" });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.items;
};
const actions = async (query: string) => (await find(query)).map(({ action }) => action);

describe("filters", () => {
  it("find by actor, action and its kind, target, pool, revision, token, time and text, together", async () => {
    const pool = await makePool({ name: "Filter_100" });
    const node = await makeNode(pool.id, { name: "edge_1" });
    const patched = await api("PATCH", `/nodes/${node.id}`, { body: { weight: 42 } });
    const route = await api("POST", "/routes", { body: { match: { pathPrefix: "/f" }, poolId: pool.id } });
    await api("POST", `/nodes/${node.id}/maintenance`, { as: "operator", body: { override: true } });
    const other = await makePool();

    const all = ["node.maintenance", "route.create", "node.update", "node.create", "pool.create"];
    expect(await actions(`poolId=${pool.id}`)).toEqual(all);
    expect(await actions(`poolId=${pool.id}&action=node`)).toEqual(["node.maintenance", "node.update", "node.create"]);
    expect(await actions(`poolId=${pool.id}&action=node.update`)).toEqual(["node.update"]);
    expect(await actions(`poolId=${pool.id}&action=nod`)).toEqual([]);
    expect(await actions(`poolId=${pool.id}&actor=OPERATOR`)).toEqual(["node.maintenance"]);
    const { id: tokenId } = await db().apiToken.findFirstOrThrow({ where: { name: "a operator" } });
    expect(await actions(`poolId=${pool.id}&token=${tokenId}`)).toEqual(["node.maintenance"]);
    expect(await actions(`poolId=${pool.id}&token=A%20Operator`)).toEqual(["node.maintenance"]);
    expect(await actions(`target=R_100&action=pool`)).toEqual(["pool.create"]);
    expect(await actions(`target=edge%25&poolId=${pool.id}`)).toEqual([]);
    expect(await actions(`target=EDGE_1&poolId=${pool.id}`)).toHaveLength(3);
    expect(await actions(`targetId=${route.body.id}`)).toEqual(["route.create"]);
    expect(await actions(`revision=${patched.body.revision}`)).toEqual(["node.update"]);
    expect(await actions(`text=%22weight%22%3A%2042&poolId=${pool.id}`)).toContain("node.update");
    expect(await actions(`poolId=${other.id}&text=edge_1`)).toEqual([]);
    const [made] = await find(`targetId=${pool.id}`);
    expect(await actions(`targetId=${pool.id}&to=${made?.at}`)).toEqual([]);
    expect(await actions(`targetId=${pool.id}&from=${made?.at}`)).toEqual(["pool.create"]);
    expect(faultPaths(await api("GET", "/audit?poolId=x&revision=0&from=y&action=", { as: "operator" }))).toEqual([
      "action",
      "from",
      "poolId",
      "revision",
    ]);
  });
});

describe("sign-ins", () => {
  const password = "correct horse battery";
  beforeAll(async () => {
    await bootstrapAccess(databaseUrl(), { adminEmail: "root@example.org", adminPassword: password });
  });
  const leave = (cookie: string) => {
    const headers = { host: "web.test", origin: ORIGIN, cookie, "content-type": "application/json" };
    return handleAuth(new Request(`${ORIGIN}/api/auth/sign-out`, { method: "POST", headers, body: "{}" }));
  };

  it("are told when they succeed and when they fail, with the address, and so is signing out, which ends the session", async () => {
    const signedIn = await signIn("root@example.org", password, "192.0.2.1");
    expect(signedIn.status).toBe(200);
    expect((await signIn("root@example.org", "not the password", "192.0.2.2")).status).toBe(401);
    expect((await signIn("my secret password", password, "192.0.2.2")).ok).toBe(false);
    const cookie = cookieOf(signedIn);
    expect((await leave(cookie)).status).toBe(200);
    expect((await api("GET", "/me", { headers: { cookie } })).status).toBe(401);
    const told = (await find("action=session&limit=3")).toReversed();
    expect(told.slice(0, 3)).toMatchObject([
      { action: "session.sign-in", actorName: "root@example.org", address: "192.0.2.1", actorKind: "user" },
      {
        action: "session.sign-in-failed",
        actorName: "root@example.org",
        address: "192.0.2.2",
        actorKind: "anonymous",
        after: { reason: "invalid-email-or-password" },
      },
      { action: "session.sign-out", actorName: "root@example.org" },
    ]);
    expect(JSON.stringify(told)).not.toContain("secret password");
  });

  it("that are throttled are told once, however often somebody goes on", async () => {
    for (let at = 0; at < 13; at++) await signIn("nobody@example.org", "not the password", `198.51.100.${at}`);
    expect(await find("action=session.throttled&target=nobody@example.org")).toHaveLength(1);
    expect(await find("action=session.sign-in-failed&target=nobody@example.org")).toHaveLength(10);
  }, 120_000);

  it("leave no session behind that the audit does not tell of", async () => {
    await db().$executeRaw`ALTER TABLE audit ADD CONSTRAINT none CHECK (action <> 'session.sign-in') NOT VALID`;
    const before = await db().session.count();
    expect((await signIn("root@example.org", password, "192.0.2.9")).ok).toBe(false);
    expect(await db().session.count()).toBe(before);
    await db().$executeRaw`ALTER TABLE audit DROP CONSTRAINT none`;
  });
});

const reading: Actor = { kind: "token", id: "x", name: "x", role: "operator", address: null };

describe("an export", () => {
  const total = 10_000;
  const marker = `m${randomUUID()}`;
  beforeAll(async () => {
    await db().$executeRaw`INSERT INTO audit (actor_kind, actor_id, actor_name, action, target_kind, target_name, after)
      SELECT 'user', ${marker}, '=cmd|''/c calc''!A' || n, 'pool.update', 'pool', '中文, "' || n, jsonb_build_object('n', n) FROM generate_series(1, ${total}) n`;
  });
  const take = (format: string, query = `actor=${marker}`, signal?: AbortSignal) =>
    handleApi(
      new Request(`${ORIGIN}/api/v1/audit/export.${format}?${query}`, {
        headers: { authorization: "Bearer test-token-of-operator" },
        signal,
      }),
    );

  it("streams every entry once, newest first, as JSON lines", async () => {
    const answer = await take("jsonl");
    expect(answer.headers.get("content-type")).toMatch(/x-ndjson/);
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.jsonl"$/);
    const lines = (await answer.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ after }) => after.n)).toEqual(Array.from({ length: total }, (_, at) => total - at));
  });

  it("streams the same as CSV, without a cell that a spreadsheet would run", async () => {
    const text = await (await take("csv")).text();
    const lines = text.trimEnd().split("\r\n");
    expect(lines).toHaveLength(total + 1);
    expect(lines[0]).toMatch(/^id,at,actorKind/);
    expect(lines[1]).toContain(`'=cmd|'/c calc'!A${total}`);
    expect(lines[1]).toContain(`"中文, ""${total}"`);
    expect(text).not.toMatch(/[,\n]"?[=+@-]/);
  });

  it("holds one part at a time, and reads no further when nobody takes it or the reader goes away", async () => {
    const controller = new AbortController();
    const stream = await exportAudit(reading, { actor: marker }, "jsonl", controller.signal);
    const reader = stream.getReader();
    const sizes: number[] = [];
    for (let at = 0; at < 3; at++)
      sizes.push(new TextDecoder().decode((await reader.read()).value).split("\n").length - 1);
    expect(sizes).toEqual([500, 500, 500]);
    controller.abort();
    await expect(reader.read()).rejects.toThrow();
    const left = (await exportAudit(reading, { actor: marker }, "csv", new AbortController().signal)).getReader();
    await left.read();
    await left.cancel();
    expect(await left.read()).toEqual({ done: true, value: undefined });
  });

  it("is for operators, refuses what it does not know, and is empty when nothing fits", async () => {
    expect((await api("GET", "/audit/export.csv", { as: "viewer" })).status).toBe(403);
    expect(faultPaths(await api("GET", "/audit/export.csv?limit=5&from=x", { as: "operator" }))).toEqual([
      "from",
      "limit",
    ]);
    expect(await (await take("csv", "actor=nobody-at-all")).text()).toMatch(/^id,[^\n]*\r\n$/);
    expect(await (await take("jsonl", "actor=nobody-at-all")).text()).toBe("");
  });
});
