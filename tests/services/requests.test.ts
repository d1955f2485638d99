import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { RequestExplanation, RequestPage } from "#lib/contracts/requests.ts";
import { openDatabase } from "#lib/store/control/database.ts";
import { writeDropped, writeRequests } from "#lib/store/control/requests.ts";
import { requestAttempt, requestRecord } from "#tests/support/requests.ts";
import { api, faultPaths, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();
let pool: { id: string; name: string };
let node: { id: string; name: string };
let other: { id: string };
beforeAll(async () => {
  pool = await makePool();
  other = await makePool();
  node = await makeNode(pool.id);
  const database = openDatabase(process.env.DATABASE_URL as string);
  const attempts = [
    requestAttempt(node.id),
    requestAttempt(randomUUID(), {
      startMs: 2,
      connectedMs: 3,
      firstByteMs: 8,
      endMs: 10,
      status: 503,
      cause: "status-503",
    }),
  ];
  await writeRequests(database, "w1", [
    requestRecord({
      requestId: "old",
      poolId: pool.id,
      atMs: Date.now() - 60_000,
      path: "/v2",
      status: 200,
      kept: ["sampled"],
      cause: "ok",
      code: null,
      tookMs: 5_000,
    }),
    requestRecord({ requestId: "twice", poolId: pool.id, attempts: [requestAttempt(node.id)] }),
    requestRecord({
      requestId: "twice",
      poolId: pool.id,
      attempts,
      kept: ["failed", "retried"],
      status: 503,
      cause: "status-503",
      code: null,
    }),
    requestRecord({ requestId: "a/b?c", poolId: other.id }),
    requestRecord({ requestId: "nowhere", code: "no-route", cause: "no-route", status: 404 }),
  ]);
  await writeDropped(database, "w1", 4, Date.now());
  await database.end();
});

const listed = async (query: string) => {
  const { status, body } = await api("GET", `/requests?${query}`, { as: "viewer" });
  expect(status).toBe(200);
  return RequestPage.parse(body).items.map(({ requestId }) => requestId);
};

describe("requests", () => {
  it("are listed newest first, in pages, with how many were lost", async () => {
    const first = RequestPage.parse((await api("GET", "/requests?limit=2", { as: "viewer" })).body);
    expect(first.items.map(({ requestId }) => requestId)).toEqual(["nowhere", "a/b?c"]);
    expect(first.dropped).toBe(4);
    expect(await listed(`limit=2&cursor=${first.nextCursor}`)).toEqual(["twice", "twice"]);
  });

  it.each([
    ["poolId", () => pool.id, ["twice", "twice", "old"]],
    ["nodeId", () => node.id, ["twice", "twice"]],
    ["cause", () => "status-503", ["twice"]],
    ["cause", () => "no-route", ["nowhere"]],
    ["status", () => "5xx", ["a/b?c", "twice", "twice"]],
    ["status", () => "404", ["nowhere"]],
    ["kept", () => "retried", ["twice"]],
    ["path", () => "V2", ["old"]],
    ["minMs", () => "5000", ["old"]],
    ["minMs", () => "5001", []],
    ["requestId", () => "old", ["old"]],
    ["to", () => new Date(Date.now() - 30_000).toISOString(), ["old"]],
  ])("are found by %s", async (name, value, expected) => {
    expect(await listed(`${name}=${encodeURIComponent(value())}`)).toEqual(expected);
  });

  it("are not asked for by what is no filter", async () => {
    expect(faultPaths(await api("GET", "/requests?status=abc&minMs=-1"))).toEqual(["minMs", "status"]);
  });

  it("are explained by their id, the newest first, with names and phases; the client's address only to operators", async () => {
    const { items } = RequestExplanation.parse((await api("GET", "/requests/twice", { as: "viewer" })).body);
    expect(items.map(({ kept }) => kept.length)).toEqual([2, 1]);
    expect(items[0]).toMatchObject({ poolName: pool.name, clientAddress: null, nodeNames: [node.name, null] });
    expect(items[0]?.attempts.map(({ kind }) => kind)).toEqual(["first", "retry"]);
    expect(items[0]?.attempts[1]?.phases).toMatchObject({ connect: 1, firstByte: 5, body: 2 });
    const seen = (await api("GET", "/requests/twice", { as: "operator" })).body.items[0];
    expect(seen.clientAddress).toBe("192.0.2.7");
    expect((await api("GET", `/requests/${encodeURIComponent("a/b?c")}`)).body.items).toHaveLength(1);
    expect((await api("GET", "/requests/unheard-of")).body.code).toBe("not-found");
  });

  it("are only those of its pools to a token that is limited to some", async () => {
    const made = await api("POST", "/tokens", {
      as: "admin",
      body: { name: "own", role: "viewer", poolIds: [pool.id] },
    });
    const headers = { authorization: `Bearer ${made.body.token}` };
    const { body } = await api("GET", "/requests", { headers });
    expect(body.items.map(({ requestId }: { requestId: string }) => requestId)).toEqual(["twice", "twice", "old"]);
    expect((await api("GET", "/requests/nowhere", { headers })).status).toBe(404);
  });
});
