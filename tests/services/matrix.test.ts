// Role × endpoint, generated from the OpenAPI document: an endpoint that is added is in it, and one that does not say who may
// call it fails.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { ROLES, type Role, roleAllows } from "#lib/contracts/common.ts";
import { ENDPOINTS } from "#lib/server/endpoints.ts";
import { openApiDocument } from "#lib/server/openapi.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { type Answered, api, cookieOf, ORIGIN, serveApi, signIn } from "./harness.ts";

serveApi();

type Described = { "x-required-role": Role | null; "x-reach"?: string; security?: object[]; responses: object };
type Operation = { method: string; path: string; needs: Role | null; reach: string; described: Described };

const { paths } = openApiDocument(ENDPOINTS) as { paths: Record<string, Record<string, Described>> };
const operations: Operation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, described]) => ({
    method: method.toUpperCase(),
    path,
    needs: described["x-required-role"],
    reach: described["x-reach"] ?? "open",
    described,
  })),
);
const guarded = operations.filter(({ needs }) => needs !== null);

/** Everything that answers without an identity: the state of the system, and who holds an invitation. */
const OPEN = ["GET /health", "POST /invitations/accept", "POST /invitations/open"];
const NOBODY_IN_PARTICULAR = "00000000-0000-4000-8000-000000000000";
const SCOPED = "a-token-that-is-limited-to-some-pools";
const password = "correct horse battery";
const cookies = {} as Record<Role, string>;

beforeAll(async () => {
  await bootstrapAccess(databaseUrl(), { adminEmail: "admin@example.org", adminPassword: password });
  const { id } = await db().user.findFirstOrThrow();
  for (const role of ROLES) {
    if (role === "admin") continue;
    const account = await db().account.findFirstOrThrow({ where: { userId: id } });
    const email = `${role}@example.org`;
    await db().user.create({ data: { id: role, name: role, email, role } });
    await db().account.create({ data: { ...account, id: role, accountId: role, userId: role } });
  }
  for (const role of ROLES) cookies[role] = cookieOf(await signIn(`${role}@example.org`, password));
  await db().apiToken.create({
    data: { name: "scoped", role: "publisher", hash: hashToken(SCOPED), poolIds: [randomUUID()] },
  });
});

/** Sends what no endpoint takes: who is let through gets to hear that, and nothing is done. */
async function send({ method, path }: Operation, identity: { as?: Role | null; headers?: Record<string, string> }) {
  const target = path.replace("{number}", "999999").replace(/\{\w+\}/g, NOBODY_IN_PARTICULAR);
  const controller = new AbortController();
  const answer = api(method, target, {
    ...identity,
    body: method === "GET" || method === "DELETE" ? undefined : { not: "known" },
    signal: controller.signal,
  });
  // The stream would go on for ever.
  if (path === "/stream") setTimeout(() => controller.abort(), 50);
  return answer;
}
const byCookie = (role: Role) => ({ headers: { cookie: cookies[role], origin: ORIGIN } });
const letsThrough = ({ status }: Answered) => expect([401, 403, 405, 500]).not.toContain(status);

describe("the table of endpoints", () => {
  it("is whole in the document, and each endpoint says who may call it and what it reaches", () => {
    expect(operations).toHaveLength(ENDPOINTS.length);
    for (const { method, path, needs, reach, described } of operations) {
      expect([null, ...ROLES], `${method} ${path}`).toContain(needs);
      expect(["open", "everything", "pools", "person", "anybody"], `${method} ${path}`).toContain(reach);
      expect(needs === null, `${method} ${path}`).toBe(described.security?.length === 0);
    }
  });

  it("answers without an identity nowhere but for health, and for invitations by their token", () => {
    const open = operations.filter(({ needs }) => needs === null).map(({ method, path }) => `${method} ${path}`);
    expect(open.toSorted()).toEqual(OPEN);
  });
});

describe("without identity", () => {
  it.each(guarded)("$method $path answers 401", async (operation) => {
    const answer = await send(operation, { as: null });
    expect([answer.status, answer.body.code]).toEqual([401, "unauthenticated"]);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });
});

for (const role of ROLES) {
  const check = (answer: Answered, { needs, reach }: Operation, isPerson: boolean) => {
    if (!roleAllows(role, needs ?? "viewer")) {
      expect([answer.status, answer.body.code]).toEqual([403, "forbidden"]);
      expect(answer.body.detail).toContain(`the role ${needs}`);
    } else if (reach === "person" && !isPerson) {
      expect([answer.status, answer.body.code]).toEqual([403, "people-only"]);
    } else letsThrough(answer);
  };
  describe(`a token of the role ${role}`, () => {
    it.each(guarded)("$method $path, which needs $needs", async (operation) => {
      check(await send(operation, { as: role }), operation, false);
    });
  });
  describe(`a person of the role ${role}`, () => {
    it.each(guarded)("$method $path, which needs $needs", async (operation) => {
      check(await send(operation, byCookie(role)), operation, true);
    });
  });
}

describe("a person, by another site's page", () => {
  const changing = guarded.filter(({ method }) => method !== "GET");
  it.each(changing)("$method $path answers 403", async (operation) => {
    const answer = await send(operation, { headers: { cookie: cookies.admin, origin: "http://evil.test" } });
    expect([answer.status, answer.body.code]).toEqual([403, "forbidden"]);
  });
});

describe("a publisher's token that is limited to some pools", () => {
  it.each(guarded)("$method $path ($reach)", async (operation) => {
    const answer = await send(operation, { headers: { authorization: `Bearer ${SCOPED}` } });
    const { needs, reach, path } = operation;
    const code = answer.body?.code;
    if (needs === "admin") expect([answer.status, code]).toEqual([403, "forbidden"]);
    else if (reach === "everything") expect([answer.status, code]).toEqual([403, "out-of-scope"]);
    else if (reach === "person") expect([answer.status, code]).toEqual([403, "people-only"]);
    else if (path.startsWith("/pools/")) expect([answer.status, code]).toEqual([403, "out-of-scope"]);
    else if (path === "/metrics") expect([answer.status, code]).toEqual([403, "out-of-scope"]);
    else letsThrough(answer);
  });
});
