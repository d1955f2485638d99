import { beforeAll, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

const [healthy, failing] = ["worker-healthy", "worker-failing"] as const;
beforeAll(async () => {
  // A heartbeat of the future stays fresh however slow the machine is; no publish waits for a worker so far ahead.
  const times = { startedAt: new Date(), heartbeatAt: new Date(Date.now() + 3_600_000), revision: 1_000_000 };
  await db().worker.createMany({ data: [healthy, failing].map((id) => ({ id, host: id, ...times })) });
});

it("show what is made of a node's weight, by the worker that leaves it least, and take settings of it", async () => {
  const node = await makeNode((await makePool()).id);
  const base = { facts: { adjustment: { dynamic: null, degrade: null } } };
  expect((await api("GET", `/nodes/${node.id}`)).body).toMatchObject(base);
  const figures = { requests: 540, minimumRequests: 50, errorRatio: 0, meanMs: 12, score: 1 / 12, decidedMs: 1 };
  const dynamic = { factor: 1.2, target: 1.4, reason: "step-capped", ...figures };
  const degrade = { step: 1, factor: 0.8, sinceMs: 1, cause: "mean-812-ms-errors-12-percent" };
  await db().nodeAdjustment.createMany({
    data: [
      { nodeId: node.id, workerId: healthy, adjustment: { dynamic, degrade: null } },
      { nodeId: node.id, workerId: failing, adjustment: { dynamic, degrade } },
    ],
  });
  expect((await api("GET", `/nodes/${node.id}`)).body).toMatchObject({
    ...{ status: "degraded", statusReason: degrade.cause },
    facts: { adjustment: { dynamic, degrade } },
  });
  // What a worker of another version wrote says nothing.
  await db().nodeAdjustment.updateMany({
    where: { nodeId: node.id },
    data: { adjustment: { dynamic: { factor: 2 } } },
  });
  expect((await api("GET", `/nodes/${node.id}`)).body).toMatchObject(base);

  const patched = await api("PATCH", `/pools/${node.poolId}`, {
    body: { dynamicWeights: { enabled: true }, degrade: { measure: "p99" } },
  });
  expect(patched.body).toMatchObject({
    dynamicWeights: { enabled: true, ceilingRatio: 4 },
    degrade: { measure: "p99", responseMs: 500, errorRatio: 0.05 },
  });
  const refused = await api("PATCH", `/pools/${node.poolId}`, { body: { dynamicWeights: { floorRatio: 0 } } });
  expect(refused.status).toBe(400);
});
