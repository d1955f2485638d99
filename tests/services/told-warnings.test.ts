// What a change brings that is legal and hardly meant is told with its answer, and a file is published by the warnings one names.
import { beforeEach, describe, expect, it } from "vitest";
import { warningsIn } from "#lib/client/config-writer.ts";
import { db } from "#lib/store/db.ts";
import { counts, lastSecond, makeWorker, storeFrame } from "./fleet.ts";
import { api, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

const codesIn = (answer: { headers: Headers }) => warningsIn(answer.headers)?.warnings.map(({ code }) => code) ?? [];

it("a mutation that leaves a pool without weight or nodes says so in its answer, in any language's names", async () => {
  const pool = await makePool({ name: "支付" });
  const node = await makeNode(pool.id);
  const harmless = await api("PATCH", `/nodes/${node.id}`, { body: { weight: 2 } });
  expect(harmless.headers.has("gb-warnings")).toBe(false);
  const zero = await api("PATCH", `/nodes/${node.id}?confirm=all`, { body: { weight: 0 } });
  expect([zero.status, codesIn(zero)]).toEqual([200, expect.arrayContaining(["all-weights-zero"])]);
  expect(zero.headers.get("gb-warnings")).toMatch(/^[\x20-\x7e]+$/);
  expect(warningsIn(zero.headers)?.warnings[0]?.name).toBe("支付");
  const removed = await api("DELETE", `/nodes/${node.id}?confirm=all`);
  expect([removed.status, codesIn(removed)]).toEqual([204, expect.arrayContaining(["no-nodes"])]);
  const unchanged = await api("PATCH", `/pools/${pool.id}`, { body: { name: "支付" } });
  expect(unchanged.headers.has("gb-warnings")).toBe(false);
});

describe("of what the fleet is asked now, by the frames of two workers", () => {
  /** In flight: as last measured. What was in flight a second before says nothing any more. */
  const asked = async (poolId: string, requests: number, inFlight: number) => {
    for (const worker of ["w-1", "w-2"]) {
      await makeWorker(worker);
      for (const ago of [0, 1, 2])
        await storeFrame(worker, {
          atMs: lastSecond() - ago * 1_000,
          pools: [{ poolId, ...counts(requests, 5), inFlight: inFlight + ago, queued: 0 }],
          nodes: [],
        });
    }
  };
  const nodes = [3, 2, 1].map((weight, at) => ({ name: `n${at}`, url: `http://127.0.0.1:${at + 1}`, weight }));
  beforeEach(() => db().metricFrame.deleteMany());

  it("too few slots without the largest node are told, and with one more they are enough", async () => {
    const pool = await makePool({ nodes });
    const ids: string[] = pool.nodes.map(({ id }: { id: string }) => id);
    const limited = async (slots: readonly number[]) => {
      await db().metricFrame.deleteMany();
      await asked(pool.id, 50, 20);
      const changes = slots.map((maxInFlight, at) => ({ do: "update", id: ids[at], patch: { maxInFlight } }));
      const { body, text } = await api("POST", "/nodes/bulk?confirm=all", { body: { changes } });
      expect(body.warnings, text).toBeDefined();
      return body.warnings.map(({ code }: { code: string }) => code);
    };
    // Forty are in flight in all. A limit holds for each worker: the two smaller nodes take 38, and then 40.
    expect(await limited([500, 10, 9])).toContain("too-few-slots");
    expect(await limited([500, 10, 10])).not.toContain("too-few-slots");
  });

  it("a breaker that waits for more requests than a node gets is told, and one that no failure can open", async () => {
    const pool = await makePool({ nodes: nodes.slice(0, 1) });
    const patched = async (breaker: object) => {
      await db().metricFrame.deleteMany();
      await asked(pool.id, 5, 0);
      return codesIn(await api("PATCH", `/pools/${pool.id}?confirm=all`, { body: { breaker } }));
    };
    // Ten a second over both workers, in ten seconds.
    expect(await patched({ windowMs: 10_000, minimumRequests: 101 })).toContain("breaker-below-volume");
    expect(await patched({ minimumRequests: 100 })).not.toContain("breaker-below-volume");
    expect(await patched({ errorRatio: 1 })).toContain("breaker-never-opens");
  });
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
