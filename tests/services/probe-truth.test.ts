import { describe, expect, it } from "vitest";
import { ProbeTruthView } from "#lib/contracts/probe-truth.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import { encodeHistogram } from "#lib/core/histogram.ts";
import { openDatabase } from "#lib/store/control/database.ts";
import { writeRequests } from "#lib/store/control/requests.ts";
import { db } from "#lib/store/db.ts";
import { counts, makeWorker } from "./fleet.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();
const MINUTE = 60_000;
const hourAgo = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;

/** Twenty minutes in which a node answered well and ten in which every tenth request failed, by worker w1. */
async function storeTraffic(poolId: string, nodeId: string, failing: boolean): Promise<void> {
  const data = Array.from({ length: 30 }, (_, i) => {
    const failures = failing && i >= 20 ? 20 : 0;
    const { latencyUs, ...sums } = counts(200 - failures, 40);
    return {
      ...{
        resolution: "1m",
        at: new Date(hourAgo + i * MINUTE),
        workerId: "w1",
        scope: "node",
        targetId: nodeId,
        poolId,
      },
      ...{ ...sums, requests: 200, failures, status5xx: failures, inFlightMax: 1, queuedMax: 0 },
      latency: Buffer.from(encodeHistogram(latencyUs)),
      ...(failures > 0 && { details: { causes: { "status-500": failures } } }),
    };
  });
  const hour = { resolution: "1h", at: new Date(Math.floor(hourAgo / 3_600_000) * 3_600_000) };
  await db().metricRollup.createMany({ data: [...data, { ...(data[0] as (typeof data)[0]), ...hour }] });
}

async function storeVerdict(nodeId: string): Promise<void> {
  await makeWorker("w1");
  await db().nodeHealth.create({
    data: {
      ...{ nodeId, workerId: "w1", state: "healthy", since: new Date(hourAgo - MINUTE), reason: "", detail: "" },
      ...{ consecutivePasses: 9, consecutiveFailures: 0 },
    },
  });
  await db().healthEvent.create({
    data: {
      nodeId,
      workerId: "w1",
      fact: "health",
      from: "unknown",
      to: "healthy",
      reason: "",
      at: new Date(hourAgo - MINUTE),
    },
  });
}

const record = (poolId: string, nodeId: string): RequestRecord => ({
  ...{ requestId: "kept-1", atMs: hourAgo + 21 * MINUTE, poolId, routeId: null, revision: 1, arm: null },
  ...{ algorithm: null, protocol: "HTTP/1.1", method: "GET", host: "h", path: "/api/orders", query: "" },
  ...{ clientAddress: "::1", status: 500, code: null, cause: "status-500", kept: ["failed"] as const, queueMs: 0 },
  ...{ firstByteMs: 1, tookMs: 1, bytesIn: 0, bytesOut: 0, picks: [], kept: ["failed"] },
  attempts: [
    {
      ...{ nodeId, startMs: 0, reused: true, tcpMs: null, connectedMs: null, sentMs: 0, firstByteMs: 1, endMs: 1 },
      ...{ status: 500, cause: "status-500", counts: "failure" },
    },
  ],
});

describe("the truth of probes", () => {
  it("is told of each node of a pool, from stored minutes, events and kept requests", async () => {
    const pool = await makePool();
    const [shallow, well, idle] = [await makeNode(pool.id), await makeNode(pool.id), await makeNode(pool.id)];
    await storeTraffic(pool.id, shallow.id, true);
    await storeTraffic(pool.id, well.id, false);
    await storeVerdict(shallow.id);
    await storeVerdict(well.id);
    const database = openDatabase(process.env.DATABASE_URL as string);
    await writeRequests(database, "w1", [record(pool.id, shallow.id)]);
    await database.end();

    const { status, body } = await api("GET", `/pools/${pool.id}/probe-truth`, { as: "viewer" });
    expect(status).toBe(200);
    const { items } = ProbeTruthView.parse(body);
    expect(items.map(({ nodeId, verdict }) => [nodeId, verdict])).toEqual([
      [shallow.id, "shallow"],
      [well.id, "agrees"],
      [idle.id, "too-little"],
    ]);
    const [found, agreed] = items;
    expect(found).toMatchObject({ requests: 6_000, failures: 200 });
    expect(found?.p99Ms).toBeCloseTo(40, 0);
    expect(found?.agreement).toBeCloseTo(20 / 30);
    expect(found?.missed).toMatchObject({
      ...{ ms: 10 * MINUTE, failures: 200, causes: [{ cause: "status-500", count: 200 }] },
      examples: [{ requestId: "kept-1", path: "/api/orders", cause: "status-500" }],
    });
    expect(found?.suggestion?.settings).toEqual([{ path: "healthCheck.http.path", value: "/api/orders" }]);
    expect(agreed?.agreement).toBe(1);

    const one = ProbeTruthView.parse((await api("GET", `/pools/${pool.id}/probe-truth?nodeId=${well.id}`)).body);
    expect(one.items.map(({ nodeId }) => nodeId)).toEqual([well.id]);
  });

  it("is not told of a node of another pool, nor of a pool that is none", async () => {
    const [pool, other] = [await makePool(), await makePool()];
    const node = await makeNode(other.id);
    expect((await api("GET", `/pools/${pool.id}/probe-truth?nodeId=${node.id}`)).body.code).toBe("not-found");
    expect((await api("GET", `/pools/${crypto.randomUUID()}/probe-truth`)).status).toBe(404);
    expect((await api("GET", `/pools/${pool.id}/probe-truth?nodeId=x`)).body.code).toBe("invalid-input");
    expect(ProbeTruthView.parse((await api("GET", `/pools/${pool.id}/probe-truth`)).body).items).toEqual([]);
  });
});
