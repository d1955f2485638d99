import { describe, expect, it } from "vitest";
import { codeOf, type Json, open, patchNode, publish, read } from "./drafts.ts";
import { api, faultPaths, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("a publish on a stale base", () => {
  it("merges different fields of one entity", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const [{ id }] = pool.nodes;
    const set = await open([
      { op: "node.update", id, patch: { weight: 5 } },
      { op: "pool.update", id: pool.id, patch: { breaker: { openMs: 1_234 } } },
    ]);
    await patchNode(id, { maxInFlight: 9 });
    await api("PATCH", `/pools/${pool.id}`, { body: { breaker: { windowMs: 20_000 } } });
    const detail = await read(set.id);
    expect(detail).toMatchObject({ baseRevision: pool.revision, headRevision: pool.revision + 2, publishable: true });
    expect(detail.theirs.revisions).toHaveLength(2);
    expect(detail.theirs.changes.map((change: Json) => change.fields[0].path)).toEqual([
      "breaker.windowMs",
      "maxInFlight",
    ]);
    expect((await publish(set.id)).status).toBe(200);
    const merged = (await api("GET", `/pools/${pool.id}`)).body;
    expect(merged).toMatchObject({
      breaker: { openMs: 1_234, windowMs: 20_000 },
      nodes: [{ weight: 5, maxInFlight: 9 }],
    });
  });

  it("shows both sides of what both changed, publishes nothing before one is taken, and then just that", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const [{ id }] = pool.nodes;
    const set = await open([{ op: "node.update", id, patch: { weight: 5, maxInFlight: 3, zone: "z" } }]);
    await patchNode(id, { weight: 7, maxInFlight: 4 });
    const before = await revisionCount();
    const refused = await publish(set.id);
    expect(codeOf(refused)).toEqual([409, "change-set-conflicts"]);
    const sides = refused.body.conflicts.map(({ path, what, base, theirs, mine, by }: Json) => [
      path,
      what,
      base,
      theirs,
      mine,
      by,
    ]);
    const by = { author: "a publisher", revision: pool.revision + 1 };
    expect(sides.toSorted()).toEqual([
      ["maxInFlight", "field", 0, 4, 3, by],
      ["weight", "field", 1, 7, 5, by],
    ]);
    expect(await revisionCount()).toBe(before);
    const resolve = (resolutions: object[]) => api("POST", `/change-sets/${set.id}/resolve`, { body: { resolutions } });
    const idOf = (path: string) => refused.body.conflicts.find((each: Json) => each.path === path).id;
    expect((await resolve([{ conflict: idOf("weight"), take: "mine" }])).status).toBe(200);
    expect(codeOf(await publish(set.id))).toEqual([409, "change-set-conflicts"]);
    expect((await resolve([{ conflict: idOf("maxInFlight"), take: "theirs" }])).status).toBe(200);
    expect((await publish(set.id)).status).toBe(200);
    expect((await api("GET", `/nodes/${id}`)).body).toMatchObject({ weight: 5, maxInFlight: 4, zone: "z" });
  });

  it("does not take mine over what was published after the conflict was shown", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const [{ id }] = pool.nodes;
    const set = await open([{ op: "node.update", id, patch: { weight: 5 } }]);
    await patchNode(id, { weight: 7 });
    const [conflict] = (await read(set.id)).conflicts;
    await patchNode(id, { weight: 8 });
    const body = { resolutions: [{ conflict: conflict.id, take: "mine" }] };
    const answer = await api("POST", `/change-sets/${set.id}/resolve`, { body });
    expect([answer.status, faultPaths(answer)]).toEqual([400, ["resolutions.0"]]);
    expect((await read(set.id)).conflicts).toMatchObject([{ base: 1, theirs: 8, mine: 5 }]);
  });

  it("makes what others removed again, with the edits, when mine is taken, and gives them up with theirs", async () => {
    const nodes = [{ name: "a", url: "http://127.0.0.1:1", weight: 2 }];
    const [kept, gone] = [await makePool({ nodes }), await makePool({ nodes })];
    const set = await open([
      { op: "pool.update", id: kept.id, patch: { description: "kept" } },
      { op: "pool.update", id: gone.id, patch: { description: "gone" } },
    ]);
    await api("DELETE", `/pools/${kept.id}`);
    await api("DELETE", `/pools/${gone.id}`);
    const { conflicts } = await read(set.id);
    expect(conflicts).toMatchObject([
      { what: "removed-by-them", theirs: null, mine: { description: "kept" } },
      { what: "removed-by-them", theirs: null, mine: { description: "gone" } },
    ]);
    const resolutions = conflicts.map(({ id, entityId }: Json) => ({
      conflict: id,
      take: entityId === kept.id ? "mine" : "theirs",
    }));
    expect((await api("POST", `/change-sets/${set.id}/resolve`, { body: { resolutions } })).status).toBe(200);
    expect((await publish(set.id)).status).toBe(200);
    expect((await api("GET", `/pools/${kept.id}`)).body).toMatchObject({
      name: kept.name,
      description: "kept",
      nodes: [{ id: kept.nodes[0].id, weight: 2 }],
    });
    expect((await api("GET", `/pools/${gone.id}`)).status).toBe(404);
  });

  it("does not remove what others changed meanwhile before that is confirmed", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const set = await open([{ op: "pool.delete", id: pool.id }]);
    await makeNode(pool.id, { name: "b", weight: 4 });
    const [conflict] = (await read(set.id)).conflicts;
    expect(conflict).toMatchObject({ what: "removed-by-me", mine: null, theirs: { "nodes.b.weight": 4 } });
    expect(codeOf(await publish(set.id))).toEqual([409, "change-set-conflicts"]);
    const body = { resolutions: [{ conflict: conflict.id, take: "mine" }] };
    await api("POST", `/change-sets/${set.id}/resolve`, { body });
    expect((await publish(set.id)).status).toBe(200);
    expect((await api("GET", `/pools/${pool.id}`)).status).toBe(404);
  });
});
