import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { db } from "#lib/store/db.ts";
import { subscribe } from "#lib/store/notifications.ts";
import { makeWorker, notify } from "./fleet.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

const verdict = { level: "http", ok: false, reason: "status-503", detail: "HTTP 503, expected 100–499", latencyMs: 3 };

/** A worker that answers every order for a check as told, until it is stopped. */
async function answering(workerId: string, levels: object[]) {
  await makeWorker(workerId);
  const asked: string[] = [];
  const stop = subscribe({
    onNotification: (channel, payload) => {
      if (channel !== CHANNELS.probe) return;
      const [request, nodeId = ""] = payload.split(" ");
      asked.push(nodeId);
      const result = { workerId, atMs: 1_000, passed: false, levels };
      // Prisma's promises do nothing until somebody waits for them.
      notify(CHANNELS.probed, JSON.stringify({ request, nodeId, result })).catch(() => {});
    },
  });
  return { asked, stop };
}

describe("a check by hand", () => {
  it("is carried out by every live worker, answered with what they found, and audited", async () => {
    const node = await makeNode((await makePool()).id);
    await db().worker.deleteMany();
    const workers = [await answering("w1", [verdict]), await answering("w2", [{ ...verdict, ok: true, reason: "ok" }])];
    const { status, body } = await api("POST", `/nodes/${node.id}/probe`, { as: "operator", body: {} });
    for (const worker of workers) worker.stop();
    expect(status).toBe(200);
    expect(body.node.id).toBe(node.id);
    expect(body.results.map(({ workerId }: { workerId: string }) => workerId).toSorted()).toEqual(["w1", "w2"]);
    expect(body.results).toContainEqual({ workerId: "w1", atMs: 1_000, passed: false, levels: [verdict] });
    expect(workers.map(({ asked }) => asked)).toEqual([[node.id], [node.id]]);
    const [entry] = (await api("GET", `/audit?targetId=${node.id}`, { as: "operator" })).body.items;
    expect(entry).toMatchObject({ action: "node.probe", actorName: "a operator" });
    await db().worker.deleteMany();
  });

  it("is refused to a viewer, for a node that is not there, and when no worker is alive", async () => {
    const node = await makeNode((await makePool()).id);
    await db().worker.deleteMany();
    expect((await api("POST", `/nodes/${node.id}/probe`, { as: "viewer", body: {} })).status).toBe(403);
    expect((await api("POST", `/nodes/${randomUUID()}/probe`, { as: "operator", body: {} })).status).toBe(404);
    expect(await api("POST", `/nodes/${node.id}/probe`, { as: "operator", body: {} })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  it("tells when no worker answers in time", async () => {
    const timeoutMs = 10;
    const node = await makeNode((await makePool({ healthCheck: { timeoutMs } })).id);
    await makeWorker("silent");
    expect(await api("POST", `/nodes/${node.id}/probe`, { as: "operator", body: {} })).toMatchObject({
      status: 504,
      body: { code: "no-worker-answer" },
    });
    await db().worker.deleteMany();
  });
});

it("tells the last check of each level by each live worker", async () => {
  const node = await makeNode((await makePool()).id);
  const read = async () => (await api("GET", `/nodes/${node.id}/checks`, { as: "viewer" })).body.items;
  expect(await read()).toEqual([]);
  await makeWorker("w1");
  const level = {
    ...{ state: "unhealthy", reason: "status-503", detail: "HTTP 503, expected 100–499" },
    ...{ consecutivePasses: 0, consecutiveFailures: 3, checkedMs: 2_000, latencyMs: 3 },
  };
  const checks = { levels: { http: level }, recent: "++hhh" };
  const fields = { state: "unhealthy", since: new Date(), reason: "status-503", lastCheckAt: new Date(2_000) };
  const counts = { consecutivePasses: 0, consecutiveFailures: 3 };
  await db().nodeHealth.create({ data: { nodeId: node.id, workerId: "w1", ...fields, ...counts, checks } });
  expect(await read()).toEqual([{ workerId: "w1", checkedMs: 2_000, ...checks }]);
  const { facts } = (await api("GET", `/nodes/${node.id}`, { as: "viewer" })).body;
  expect(facts.health).toMatchObject({ state: "unhealthy", level: null, detail: "" });
  await db().worker.deleteMany();
});
