import pg from "pg";
import { expect, it } from "vitest";
import { writeResources } from "#lib/store/control/resources.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { inDatabase } from "#lib/store/in-database.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

const missing = (reason: string, detail = "") => ({ state: "missing", reason, detail });
async function pushedNode(resources: object = { source: "push" }) {
  const pool = await makePool({ resources });
  return { pool, node: await makeNode(pool.id) };
}
const push = (id: string, body: unknown, as: "viewer" | "operator" = "operator") =>
  api("POST", `/nodes/${id}/resources`, { as, body });
const read = async (id: string, query = "") => (await api("GET", `/nodes/${id}/resources${query}`)).body;
/** As if it had come earlier. */
const age = (nodeId: string, seconds: number) =>
  db()
    .$executeRaw`UPDATE node_resource SET at = now() - ${seconds}::int * interval '1 second' WHERE node_id = ${nodeId}::uuid`;

it("are pushed by an agent, shown with their history, and say of what was not told that it was not", async () => {
  const { pool, node } = await pushedNode();
  expect((await read(node.id)).current).toMatchObject({ source: "push", atMs: null, cpu: missing("not-told") });
  const answer = await push(node.id, { cpuRatio: 0.25, memoryUsedBytes: 500, memoryLimitBytes: 2_000 });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const { current, points, stepMs } = await read(node.id);
  expect(current).toEqual(answer.body);
  expect(current).toMatchObject({
    nodeId: node.id,
    poolId: pool.id,
    cpu: { state: "known", ratio: 0.25, of: "agent" },
    memory: { state: "known", usedBytes: 500, limitBytes: 2_000, ratio: 0.25 },
    backlog: missing("not-pushed"),
  });
  expect(current.expiresMs - current.atMs).toBe(15_000);
  expect(stepMs).toBe(10_000);
  const told = points.filter((point: { cpuRatio: number | null }) => point.cpuRatio !== null);
  expect(told).toEqual([
    expect.objectContaining({ cpuRatio: 0.25, cpuMaxRatio: 0.25, memoryRatio: 0.25, backlog: null }),
  ]);
  const { items } = (await api("GET", `/resources?poolId=${pool.id}`)).body;
  expect(items).toEqual([current]);
});

it("are the means and maxima of each step", async () => {
  const { node } = await pushedNode({ source: "scrape" });
  const atMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
  const row = (ms: number, ratio: number) => ({
    ...{ nodeId: node.id, source: "scrape" as const, atMs: atMs + ms, by: "w" },
    reading: {
      cpu: { state: "known" as const, ratio, of: "host" as const },
      memory: { state: "missing" as const, reason: "not-found", detail: "a\u0000b" },
      backlog: { state: "known" as const, waiting: ratio * 100 },
    },
  });
  await inDatabase(databaseUrl(), async (client) => {
    await writeResources(client, [row(1_000, 0.2), row(6_000, 0.4)]);
    await writeResources(client, [row(11_000, 0.9)]);
    // What is older than what is known changes the history only.
    await writeResources(client, [row(2_000, 0)]);
  });
  const { current, points } = await read(node.id, "?rangeMs=300000");
  const at = (ms: number) => points.find((point: { atMs: number }) => point.atMs === atMs + ms);
  expect(at(10_000)).toMatchObject({ cpuMaxRatio: 0.4, backlogMax: 40, memoryBytes: null });
  expect(at(10_000).cpuRatio).toBeCloseTo(0.2);
  expect(at(20_000)).toMatchObject({ cpuRatio: 0.9, backlog: 90 });
  expect(at(30_000)).toMatchObject({ cpuRatio: null, cpuMaxRatio: null, backlog: null });
  // A minute and more old.
  expect(current).toMatchObject({ atMs: atMs + 11_000, cpu: missing("too-old") });
  const hour = await read(node.id, "?rangeMs=86400000");
  const known = hour.points.filter((point: { cpuRatio: number | null }) => point.cpuRatio !== null);
  expect(known.map((point: { cpuMaxRatio: number }) => point.cpuMaxRatio)).toContain(0.9);
});

it("may be pushed by operators of the pool only, where it is pushed to, and with what makes sense", async () => {
  const { pool, node } = await pushedNode();
  expect((await push(node.id, { cpuRatio: 0.5 }, "viewer")).status).toBe(403);
  const faults = async (body: unknown) => {
    const answer = await push(node.id, body);
    expect(answer.status).toBe(400);
    return answer.body.faults.map(({ path }: { path: string[] }) => path.join("."));
  };
  expect(await faults({})).toEqual([""]);
  expect(await faults({ cpuRatio: 1.01, queueBacklog: -1, load: 3 })).toEqual(["cpuRatio", "queueBacklog", "load"]);
  expect(await faults({ cpuRatio: 0.1, memoryLimitBytes: 5 })).toEqual(["memoryLimitBytes"]);
  await api("PATCH", `/pools/${pool.id}`, { body: { resources: { source: "off" } } });
  expect(await push(node.id, { cpuRatio: 0.5 })).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect((await read(node.id)).current).toMatchObject({ source: "off", cpu: missing("not-configured") });
  const other = await pushedNode();
  const { token } = (
    await api("POST", "/tokens", {
      as: "admin",
      body: { name: "agent", role: "operator", poolIds: [other.pool.id] },
    })
  ).body;
  const headers = { authorization: `Bearer ${token}` };
  expect((await api("POST", `/nodes/${other.node.id}/resources`, { headers, body: { cpuRatio: 1 } })).status).toBe(200);
  expect((await api("POST", `/nodes/${node.id}/resources`, { headers, body: { cpuRatio: 1 } })).body.code).toBe(
    "out-of-scope",
  );
  const { items } = (await api("GET", "/resources", { headers })).body;
  expect(items.map(({ nodeId }: { nodeId: string }) => nodeId)).toEqual([other.node.id]);
});

it("are in the audit when an agent begins, not with each push, and refused when they come too close together", async () => {
  const { node } = await pushedNode();
  const entries = async () =>
    (await db().audit.findMany({ where: { targetId: node.id, action: "node.push-resources" } })).length;
  expect((await push(node.id, { queueBacklog: 3 })).status).toBe(200);
  expect(await push(node.id, { queueBacklog: 4 })).toMatchObject({ status: 429, body: { code: "too-many-requests" } });
  await age(node.id, 5);
  expect((await push(node.id, { queueBacklog: 4 })).status).toBe(200);
  expect(await entries()).toBe(1);
  await age(node.id, 16);
  expect((await read(node.id)).current.backlog).toEqual(missing("too-old"));
  expect((await push(node.id, { queueBacklog: 5 })).status).toBe(200);
  expect(await entries()).toBe(2);
});

it("are told to the live stream's hub, by the ids of the nodes", async () => {
  const { node } = await pushedNode();
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    const heard = new Promise<string>((resolve) => client.on("notification", ({ payload = "" }) => resolve(payload)));
    await client.query("LISTEN gb_resources");
    await push(node.id, { cpuRatio: 0 });
    expect(await heard).toBe(node.id);
  } finally {
    await client.end();
  }
});
