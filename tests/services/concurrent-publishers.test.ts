import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { type Json, open, patchNode, publish, read } from "./drafts.ts";
import { api, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("a hundred publishers at once", () => {
  it("make each a revision or meet a clear conflict, and lose no edit", { timeout: 600_000 }, async () => {
    const nodes = Array.from({ length: 60 }, (_, at) => ({ name: `n${at}`, url: `http://127.0.0.1:${7_000 + at}` }));
    const pool = await makePool({ nodes });
    const ids: string[] = pool.nodes.map(({ id }: Json) => id);
    // Fifty change sets: forty edit a node's own weight, ten fight with single mutations for one field.
    const sets = await Promise.all(
      ids.slice(0, 50).map(async (id, at) => {
        const target = at < 40 ? id : (ids[59] as string);
        const set = await open([{ op: "node.update", id: target, patch: { weight: 100 + at } }], `set ${at}`);
        const { warnings } = await read(set.id);
        return { at, target, id: set.id, confirm: warnings.map((warning: Json) => warning.id) };
      }),
    );
    const before = await revisionCount();
    const publishing = sets.map(({ id, confirm }) =>
      api("POST", `/change-sets/${id}/publish`, { body: { confirm, note: "at once" } }),
    );
    // Fifty single mutations: of another field of the same forty nodes, and ten of the field that is fought for.
    const patching = ids
      .slice(0, 50)
      .map((id, at) =>
        at < 40 ? patchNode(id, { maxInFlight: 10 + at }) : patchNode(ids[59] as string, { weight: 500 + at }),
      );
    const [published, patched] = await Promise.all([Promise.all(publishing), Promise.all(patching)]);

    expect(patched.map(({ status }) => status)).toEqual(patched.map(() => 200));
    expect(published.slice(0, 40).map(({ status }) => status)).toEqual(published.slice(0, 40).map(() => 200));
    const fought = published.slice(40);
    for (const { status, body } of fought)
      if (status !== 200) expect([status, body.code, body.conflicts.length]).toEqual([409, "change-set-conflicts", 1]);
    const made = [...published, ...patched].filter(({ status }) => status === 200);
    expect(await revisionCount()).toBe(before + made.length);
    const numbers = made.map(({ body }) => body.revision).toSorted((a, b) => a - b);
    expect(numbers).toEqual(made.map((_, at) => before + 1 + at));

    const after = (await api("GET", `/pools/${pool.id}`)).body.nodes;
    expect(after.slice(0, 40).map((node: Json) => [node.weight, node.maxInFlight])).toEqual(
      ids.slice(0, 40).map((_, at) => [100 + at, 10 + at]),
    );
    // Whoever was refused still has the edit, with what it is refused for, and publishes it after a decision.
    for (const [n, { status }] of fought.entries()) {
      if (status === 200) continue;
      const set = sets[40 + n] as (typeof sets)[number];
      const [conflict] = (await read(set.id)).conflicts;
      expect(conflict).toMatchObject({ path: "weight", base: 1, mine: 100 + set.at, theirs: after[59].weight });
      expect(conflict.by.revision).toBeGreaterThan(before);
    }
    const refused = sets[40 + fought.findIndex(({ status }) => status !== 200)];
    if (!refused) return;
    const [{ id }] = (await read(refused.id)).conflicts;
    await api("POST", `/change-sets/${refused.id}/resolve`, {
      body: { resolutions: [{ conflict: id, take: "mine" }] },
    });
    expect((await publish(refused.id)).status).toBe(200);
    expect((await api("GET", `/nodes/${ids[59]}`)).body.weight).toBe(100 + refused.at);
  });
});

describe("runtime operations", () => {
  it("are left alone by publish, roll-back and bulk changes, for nodes that stay", async () => {
    const nodes = ["a", "b", "c"].map((name, at) => ({ name, url: `http://127.0.0.1:${7_100 + at}` }));
    const pool = await makePool({ nodes });
    const [drained, warming, tripped] = pool.nodes.map(({ id }: Json) => id);
    const operate = (id: string, action: string) => api("POST", `/nodes/${id}/${action}`, { as: "operator", body: {} });
    await operate(drained, "drain");
    await operate(warming, "warm-up");
    await operate(tripped, "trip-breaker");
    const orders = async () => ({
      admin: await db().nodeAdminState.findMany({ orderBy: { nodeId: "asc" } }),
      warmUp: await db().nodeWarmUp.findMany({ orderBy: { nodeId: "asc" } }),
      breaker: await db().nodeBreakerOrder.findMany({ orderBy: { nodeId: "asc" } }),
    });
    const before = await orders();
    expect([before.admin.length, before.warmUp.length, before.breaker.length]).toEqual([1, 1, 1]);
    const set = await open(
      [drained, warming, tripped].map((id) => ({
        op: "node.update",
        id,
        patch: { weight: 9, name: `x-${id.slice(0, 8)}` },
      })),
    );
    expect((await publish(set.id)).status).toBe(200);
    expect(await orders()).toEqual(before);
    const changes = [drained, warming, tripped].map((id) => ({ do: "update", id, patch: { maxInFlight: 5 } }));
    expect((await api("POST", "/nodes/bulk", { body: { changes } })).status).toBe(200);
    expect(await orders()).toEqual(before);
    expect((await api("POST", `/revisions/${pool.revision}/rollback`, { body: {} })).status).toBe(200);
    expect(await orders()).toEqual(before);
    expect((await api("GET", `/nodes/${drained}`)).body.facts.admin.state).toBe("drain");
  });
});
