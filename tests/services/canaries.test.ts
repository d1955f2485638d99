// Canaries over REST, on a real database; what workers measured is written as they write it.
import { randomUUID } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import type { CanaryTally } from "#lib/contracts/canary.ts";
import { emptyCounts } from "#lib/core/counts.ts";
import { writeTally } from "#lib/store/canary/canaries.ts";
import { db } from "#lib/store/db.ts";
import { type Answered, api, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

const NOBODY = "00000000-0000-4000-8000-000000000000";
let ports = 9_000;
const head = async (): Promise<number> => Number((await api("GET", "/config")).headers.get("gb-revision"));
const start = (body: object, path = "/canaries") => api("POST", path, { body });
const edit = () => ({ op: "proxy.update", patch: { connections: { max: ports++ } } });
const get = async (id: string): Promise<Answered["body"]> => (await api("GET", `/canaries/${id}`)).body;
const end = (id: string, how: "promote" | "abort", body: object = {}) =>
  api("POST", `/canaries/${id}/${how}`, { body });

async function running(): Promise<Answered["body"]> {
  const { status, body } = await start({ operations: [edit()] });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}
async function draft(): Promise<{ id: string; pool: string }> {
  const pool = (await makePool()).id;
  const { id } = (await api("POST", "/change-sets", { body: { name: `s ${randomUUID().slice(0, 8)}` } })).body;
  await api("PATCH", `/pools/${pool}?changeSet=${id}`, { body: { breaker: { openMs: 777 } } });
  return { id, pool };
}
/** With all that is warned of confirmed. */
async function startSet(id: string, body: object = {}): Promise<Answered["body"]> {
  const warned = (await api("GET", `/change-sets/${id}`)).body.warnings as { id: string }[];
  const answer = await start({ ...body, confirm: warned.map((warning) => warning.id) }, `/change-sets/${id}/canary`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}
/** With what the first answer warned of confirmed. */
async function startRead(body: object): Promise<Answered["body"]> {
  const { warnings } = (await start(body)).body as { warnings: { id: string }[] };
  const answer = await start({ ...body, confirm: warnings.map(({ id }) => id) });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}
const openMs = async (pool: string): Promise<number> => (await api("GET", `/pools/${pool}`)).body.breaker.openMs;
const audited = async (action: string) =>
  db()
    .audit.findMany({ where: { action }, orderBy: { id: "desc" }, take: 1 })
    .then(([entry]) => entry);

afterEach(async () => {
  const [latest] = (await api("GET", "/canaries?limit=1")).body.items;
  if (latest?.state === "running") await end(latest.id, "abort");
});

it("is a revision that is not in force, with the defaults of its settings, audited with what it changes", async () => {
  await makePool();
  const before = await head();
  const canary = await running();
  expect(canary).toMatchObject({
    state: "running",
    revision: before + 1,
    baseRevision: before,
    reason: "collecting",
    changeSetId: null,
    settings: { sharePercent: 10, durationMs: 600_000, minRequests: 200, key: { from: "client-address" } },
    evidence: { control: { requests: 0, successRatio: null, p50Ms: null, p99Ms: null } },
  });
  expect(await head()).toBe(before);
  expect((await api("GET", "/health")).body.revision).toBe(before);
  const revision = (await api("GET", `/revisions/${before + 1}`)).body;
  expect(revision).toMatchObject({ state: "canary", isCurrent: false });
  expect(await audited("canary.start")).toMatchObject({ revision: before + 1, after: { sharePercent: 10 } });
  expect(await audited("proxy.update")).toMatchObject({ revision: before + 1 });
});

it("takes 1 to 50 % of the clients, and says what is wrong with more or with less", async () => {
  for (const sharePercent of [0, 51, 1.5]) {
    const { status, body } = await start({ operations: [edit()], settings: { sharePercent } });
    expect([status, body.code]).toEqual([400, "invalid-input"]);
    expect(body.faults[0].path.join(".")).toBe("settings.sharePercent");
  }
  for (const sharePercent of [1, 50]) {
    const { status, body } = await start({ operations: [edit()], settings: { sharePercent } });
    expect(status).toBe(201);
    expect((await end(body.id, "abort")).status).toBe(200);
  }
});

it("has every other way to publish answer 409 until it is over, and nothing is published by any of them", async () => {
  const pool = (await makePool()).id;
  const node = (await makeNode(pool)).id;
  const { id: set } = await draft();
  await running();
  const before = await revisionCount();
  const calls: [string, string, object][] = [
    ["POST", "/pools", { name: "another", algorithm: "peak-ewma" }],
    ["PATCH", `/nodes/${node}`, { weight: 9 }],
    ["DELETE", `/pools/${pool}`, {}],
    ["PATCH", "/proxy-settings", { connections: { max: 77 } }],
    ["POST", "/nodes/bulk", { changes: [{ do: "update", id: node, patch: { weight: 3 } }] }],
    ["PUT", "/config?confirmWarnings=true", { pools: [{ name: "as code", algorithm: "peak-ewma" }] }],
    ["POST", `/change-sets/${set}/publish`, {}],
    ["POST", `/change-sets/${set}/canary`, {}],
    ["POST", "/revisions/1/rollback", {}],
    ["POST", "/revisions/1/canary", {}],
    ["POST", "/canaries", { operations: [edit()] }],
  ];
  for (const [method, path, body] of calls) {
    const answer = await api(method, path, { body: method === "DELETE" ? undefined : body });
    expect([answer.status, answer.body?.code], `${method} ${path}`).toEqual([409, "canary-running"]);
  }
  expect(await revisionCount()).toBe(before);
});

it("leaves runtime operations and change sets alone", async () => {
  const node = (await makeNode((await makePool()).id)).id;
  const { id: set } = await draft();
  await running();
  expect((await api("POST", `/nodes/${node}/drain`, { as: "operator", body: {} })).status).toBeLessThan(300);
  expect((await api("POST", `/change-sets/${set}/operations`, { body: { operations: [edit()] } })).status).toBe(200);
});

it("of two that are started at once, only one runs", async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => start({ operations: [edit()] })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
});

it("that is promoted by hand is in force, with what was measured until then, who did it and why", async () => {
  const canary = await running();
  const tally: CanaryTally = (["control", "canary"] as const).map((arm) => ({
    arm,
    poolId: null,
    ...emptyCounts(),
    requests: 30,
    successes: 30,
  }));
  await writeTally(db(), canary.id, "a worker", tally);
  const { status, body } = await end(canary.id, "promote", { note: "compared by hand" });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    state: "promoted",
    reason: "by-hand",
    detail: "compared by hand",
    endedBy: "a publisher",
  });
  expect(body.evidence).toMatchObject({ verdict: "promote", canary: { requests: 30, successRatio: 1 } });
  expect(await head()).toBe(canary.revision);
  expect(await audited("canary.promote")).toMatchObject({ revision: canary.revision, actorName: "a publisher" });
  expect((await end(canary.id, "abort")).body.code).toBe("canary-over");
  expect((await get(canary.id)).history).toHaveLength(1);
});

it("that is aborted never was in force, and its number is not given again", async () => {
  const before = await head();
  const canary = await running();
  expect((await end(canary.id, "abort")).body).toMatchObject({ state: "rolled-back", reason: "aborted" });
  expect(await head()).toBe(before);
  expect((await api("GET", `/revisions/${canary.revision}`)).body.state).toBe("rolled-back");
  await makePool();
  expect(await head()).toBe(canary.revision + 1);
  expect(await audited("canary.abort")).toMatchObject({ actorName: "a publisher" });
});

it("of a change set publishes it when it is promoted, and leaves it open when it is rolled back", async () => {
  const { id, pool } = await draft();
  const first = await startSet(id, { settings: { sharePercent: 50 }, note: "try" });
  expect(first).toMatchObject({ changeSetId: id, note: "try", settings: { sharePercent: 50 } });
  await end(first.id, "abort");
  expect((await api("GET", `/change-sets/${id}`)).body).toMatchObject({ state: "open", revision: null });
  const second = await startSet(id);
  expect(await openMs(pool)).not.toBe(777);
  await end(second.id, "promote");
  expect(await openMs(pool)).toBe(777);
  expect((await api("GET", `/change-sets/${id}`)).body).toMatchObject({
    state: "published",
    revision: second.revision,
  });
});

it("of a change set that is edited meanwhile leaves it open with what was added", async () => {
  const { id, pool } = await draft();
  const canary = await startSet(id);
  await api("PATCH", `/pools/${pool}?changeSet=${id}`, { body: { timeouts: { queueMs: 1_234 } } });
  await end(canary.id, "promote");
  const set = (await api("GET", `/change-sets/${id}`)).body;
  expect(set.state).toBe("open");
  expect(set.conflicts).toEqual([]);
  expect(
    set.changes.flatMap((change: { fields: { path: string }[] }) => change.fields.map(({ path }) => path)),
  ).toEqual(["timeouts.queueMs"]);
});

it("asks for the warnings of a change set to be confirmed, and for the version that was reviewed", async () => {
  const pool = (await makePool()).id;
  const node = (await makeNode(pool)).id;
  const { id } = (await api("POST", "/change-sets", { body: { name: "zero" } })).body;
  await api("PATCH", `/nodes/${node}?changeSet=${id}`, { body: { weight: 0 } });
  const path = `/change-sets/${id}/canary`;
  expect((await start({ version: 0 }, path)).body.code).toBe("stale-change-set");
  const refused = (await start({}, path)).body;
  expect(refused.code).toBe("unconfirmed-warnings");
  const confirm = refused.warnings.map((warning: { id: string }) => warning.id);
  expect((await start({ confirm }, path)).status).toBe(201);
});

it("asks for the warnings of operations and of an earlier revision to be confirmed, too", async () => {
  const pool = (await makePool()).id;
  const empty = await head();
  const node = (await makeNode(pool)).id;
  const operations = [{ op: "node.update", id: node, patch: { weight: 0 } }];
  for (const [body, path, code] of [
    [{ operations }, "/canaries", "all-weights-zero"],
    [{}, `/revisions/${empty}/canary`, "no-nodes"],
  ] as const) {
    const refused = await start(body, path);
    expect([refused.status, refused.body.code]).toEqual([409, "unconfirmed-warnings"]);
    expect(refused.body.warnings.map((warning: { code: string }) => warning.code)).toContain(code);
    expect((await api("GET", "/canaries?limit=1")).body.items[0]?.state).not.toBe("running");
    const confirm = refused.body.warnings.map((warning: { id: string }) => warning.id);
    const started = await start({ ...body, confirm }, path);
    expect(started.status, JSON.stringify(started.body)).toBe(201);
    await end(started.body.id, "abort");
  }
});

it("of an earlier revision is compared with the one in force", async () => {
  await makePool();
  const earlier = await head();
  const pool = await makePool();
  // What it goes back to touches no pool that has warnings: nothing is asked.
  const { body: canary } = await start({ note: "back" }, `/revisions/${earlier}/canary`);
  expect((await api("GET", `/pools/${pool.id}`)).status).toBe(200);
  await end(canary.id, "promote");
  expect((await api("GET", `/pools/${pool.id}`)).status).toBe(404);
});

it("keeps secrets sealed, as any publish", async () => {
  const node = (await makeNode((await makePool()).id)).id;
  const patch = { requestHeaders: { set: { authorization: { value: "Bearer of the canary" } } } };
  const body = await startRead({ operations: [{ op: "node.update", id: node, patch }] });
  const parts = await db().$queryRaw<{ content: unknown }[]>`SELECT content FROM config_part`;
  expect(JSON.stringify(parts)).not.toContain("Bearer of the canary");
  expect((await end(body.id, "promote")).status).toBe(200);
});

it("cannot move a node to another address, and says which one and what to do", async () => {
  const node = await makeNode((await makePool()).id);
  const { status, body } = await start({
    operations: [{ op: "node.update", id: node.id, patch: { url: "http://127.0.0.1:4" } }],
  });
  expect([status, body.faults[0].code]).toEqual([400, "canary-needs-same-node"]);
  expect(body.detail).toContain(node.name);
});

it("refuses what changes nothing, what is not known, and who may not", async () => {
  await makePool();
  expect((await start({}, `/revisions/${await head()}/canary`)).body.code).toBe("conflict");
  expect((await end(NOBODY, "promote")).status).toBe(404);
  expect((await api("POST", "/canaries", { as: "operator", body: { operations: [edit()] } })).status).toBe(403);
});
