import { expect, it } from "vitest";
import { quotaSpan } from "#lib/core/quota.ts";
import { addQuotaUse } from "#lib/store/control/quotas.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { inDatabase } from "#lib/store/in-database.ts";
import { api, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

it("shows what is used of a node's quota in its present span, and nothing of another span's or of no quota", async () => {
  // A month outlasts this test, whenever it runs, unless it begins in its last moment.
  const node = await makeNode((await makePool()).id, { quota: { requests: 1_000, per: "month" } });
  const span = quotaSpan("month", Date.now());
  const shown = async () => (await api("GET", `/nodes/${node.id}`)).body.facts.quota;
  expect(await shown()).toEqual({ used: 0, ...span });

  const row = (startMs: number, endMs: number, used: number) => ({
    ...{ nodeId: node.id, startedAt: new Date(startMs), endsAt: new Date(endMs), used },
  });
  const day = quotaSpan("day", Date.now());
  const before = quotaSpan("month", span.startMs - 1);
  await db().nodeQuota.createMany({
    data: [row(span.startMs, span.endMs, 417), row(day.startMs, day.endMs, 12), row(before.startMs, before.endMs, 999)],
  });
  expect(await shown()).toEqual({ used: 417, ...span });

  await api("PATCH", `/nodes/${node.id}`, { body: { quota: { requests: 50, per: "day" } } });
  expect((await shown())?.used).toBe(12);
  await api("PATCH", `/nodes/${node.id}`, { body: { quota: null } });
  expect(await shown()).toBeNull();
});

it("is started anew by an operator, audited with what was used; a node without a quota has none to reset", async () => {
  const node = await makeNode((await makePool()).id, { quota: { requests: 1_000, per: "month" } });
  const { startMs, endMs } = quotaSpan("month", Date.now());
  const before = quotaSpan("month", startMs - 1);
  const row = (span: { startMs: number; endMs: number }) => ({
    ...{ nodeId: node.id, startedAt: new Date(span.startMs), endsAt: new Date(span.endMs), used: 1_000 },
    batches: { worker: 7 },
  });
  await db().nodeQuota.createMany({ data: [row({ startMs, endMs }), row(before)] });
  const reset = (as: "viewer" | "operator") => api("POST", `/nodes/${node.id}/reset-quota`, { as, body: {} });
  expect((await reset("viewer")).status).toBe(403);
  expect((await reset("operator")).body.facts.quota).toEqual({ used: 0, startMs, endMs });
  // A worker counts on from there, and what it had sent before is not counted again.
  const uses = [{ nodeId: node.id, startMs, endMs, change: 5 }];
  await inDatabase(databaseUrl(), async (client) => {
    await addQuotaUse(client, { workerId: "worker", number: 7, uses });
    expect(await addQuotaUse(client, { workerId: "worker", number: 8, uses })).toEqual([
      { nodeId: node.id, startMs, endMs, used: 5 },
    ]);
  });
  const rows = await db().nodeQuota.findMany({ where: { nodeId: node.id }, orderBy: { startedAt: "asc" } });
  expect(rows.map(({ used }) => Number(used))).toEqual([1_000, 5]);
  const { items } = (await api("GET", `/audit?targetId=${node.id}`, { as: "operator" })).body;
  expect(items[0]).toMatchObject({
    action: "node.reset-quota",
    before: { quotaUsed: 1_000 },
    after: { quotaUsed: 0 },
  });
  const unlimited = await makeNode((await makePool()).id);
  expect((await api("POST", `/nodes/${unlimited.id}/reset-quota`, { as: "operator", body: {} })).status).toBe(409);
});
