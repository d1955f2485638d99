// What a change brings that is legal and hardly meant is told with its answer, and a file is published by the warnings one names.
import { expect, it } from "vitest";
import { warningsIn } from "#lib/client/config-writer.ts";
import { api, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

const codesIn = (answer: { headers: Headers }) => warningsIn(answer.headers)?.warnings.map(({ code }) => code) ?? [];

it("a mutation that leaves a pool without weight or nodes says so in its answer, in any language's names", async () => {
  const pool = await makePool({ name: "支付" });
  const node = await makeNode(pool.id);
  const harmless = await api("PATCH", `/nodes/${node.id}`, { body: { weight: 2 } });
  expect(harmless.headers.has("gb-warnings")).toBe(false);
  const zero = await api("PATCH", `/nodes/${node.id}`, { body: { weight: 0 } });
  expect([zero.status, codesIn(zero)]).toEqual([200, expect.arrayContaining(["all-weights-zero"])]);
  expect(zero.headers.get("gb-warnings")).toMatch(/^[\x20-\x7e]+$/);
  expect(warningsIn(zero.headers)?.warnings[0]?.name).toBe("支付");
  const removed = await api("DELETE", `/nodes/${node.id}`);
  expect([removed.status, codesIn(removed)]).toEqual([204, expect.arrayContaining(["no-nodes"])]);
  const unchanged = await api("PATCH", `/pools/${pool.id}`, { body: { name: "支付" } });
  expect(unchanged.headers.has("gb-warnings")).toBe(false);
});

it("nothing is told of what goes into a change set: its review does", async () => {
  const draft = (await api("POST", "/change-sets", { body: { name: "a" } })).body;
  const pool = await makePool();
  const node = await makeNode(pool.id);
  const staged = await api("PATCH", `/nodes/${node.id}?changeSet=${draft.id}`, { body: { weight: 0 } });
  expect([staged.status, staged.headers.has("gb-warnings")]).toEqual([200, false]);
});

it("a file is published once each warning that needs it is confirmed by its id", async () => {
  const pools = [
    {
      name: "from a file",
      algorithm: "weighted-round-robin",
      nodes: [{ name: "n", url: "http://127.0.0.1:1", weight: 0 }],
    },
  ];
  const dry = await api("PUT", "/config?dryRun=true", { body: { pools } });
  const { id: poolId } = (
    await api("POST", "/pools", { body: { name: "from a file", algorithm: "weighted-round-robin" } })
  ).body;
  expect(dry.status).toBe(200);
  const refused = await api("PUT", "/config", { body: { pools } });
  expect([refused.status, refused.body.code]).toEqual([409, "unconfirmed-warnings"]);
  const ids = refused.body.warnings.map(({ id }: { id: string }) => id);
  expect(ids.some((id: string) => id.includes(poolId))).toBe(true);
  const before = await revisionCount();
  expect((await api("PUT", "/config?confirmWarnings=another", { body: { pools } })).status).toBe(409);
  expect(await revisionCount()).toBe(before);
  expect((await api("PUT", `/config?confirmWarnings=${ids.join(",")}`, { body: { pools } })).status).toBe(200);
});
