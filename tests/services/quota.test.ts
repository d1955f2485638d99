import { expect, it } from "vitest";
import { quotaSpan } from "#lib/core/quota.ts";
import { db } from "#lib/store/db.ts";
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
