import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { codeOf, type Json, open, patchNode, publish, read } from "./drafts.ts";
import { api, faultPaths, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("a change set", () => {
  it("collects edits of the same endpoints without publishing, shows them, and becomes one revision", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1", weight: 5 }] });
    const before = await revisionCount();
    const set = await open([], "more weight");
    const edited = await patchNode(pool.nodes[0].id, { weight: 7 }, set.id);
    expect(edited).toMatchObject({ status: 200, body: { weight: 7, revision: pool.revision } });
    expect([edited.headers.get("gb-change-set"), edited.headers.get("gb-converged")]).toEqual([set.id, null]);
    const made = await api("POST", `/pools/${pool.id}/nodes?changeSet=${set.id}`, {
      body: { name: "b", url: "http://127.0.0.1:2" },
    });
    expect([made.status, made.body.poolId]).toEqual([201, pool.id]);
    expect((await patchNode(made.body.id, { weight: 3 }, set.id)).body.weight).toBe(3);
    expect(await revisionCount()).toBe(before);
    expect((await api("GET", `/nodes/${pool.nodes[0].id}`)).body.weight).toBe(5);
    expect((await api("GET", `/nodes/${made.body.id}`)).status).toBe(404);
    const staged = await api("GET", `/pools/${pool.id}?changeSet=${set.id}`, { as: "viewer" });
    expect(staged.body.nodes.map((node: Json) => [node.name, node.weight])).toEqual([
      ["a", 7],
      ["b", 3],
    ]);

    const detail = await read(set.id);
    expect(detail).toMatchObject({ state: "open", operationCount: 3, conflicts: [], publishable: true });
    expect(detail.touches.map((each: Json) => [each.name, each.change, each.by])).toEqual([
      [`${pool.name} / a`, "changed", ["a publisher"]],
      [`${pool.name} / b`, "added", ["a publisher"]],
    ]);
    expect(detail.changes.map((change: Json) => [change.name, change.change])).toEqual([
      [`${pool.name} / a`, "changed"],
      [`${pool.name} / b`, "added"],
    ]);
    expect(detail.shares[0].nodes.map((node: Json) => [node.before?.ratio ?? null, node.after.ratio])).toEqual([
      [1, 0.7],
      [null, 0.3],
    ]);

    const answer = await publish(set.id, { note: "as agreed" });
    expect(answer).toMatchObject({ status: 200, body: { state: "published", revision: before + 1 } });
    expect((await api("GET", `/pools/${pool.id}`)).body.nodes).toMatchObject([
      { weight: 7 },
      { id: made.body.id, weight: 3 },
    ]);
    const [revision] = (await api("GET", "/revisions?limit=1")).body.items;
    expect(revision).toMatchObject({ note: "as agreed", action: "change-set.publish", target: "more weight" });
  });

  it("is kept once it is published, linked to its revision, and never changes again", async () => {
    const pool = await makePool();
    const set = await open([{ op: "pool.update", id: pool.id, patch: { description: "x" } }]);
    const { body } = await publish(set.id);
    const kept = await read(set.id);
    expect(kept).toMatchObject({ state: "published", revision: body.revision, publishable: false });
    expect(kept.changes[0].fields).toEqual([{ path: "description", before: "", after: "x" }]);
    const [operation] = kept.operations;
    const refusals = [
      await publish(set.id),
      await api("PATCH", `/change-sets/${set.id}`, { body: { name: "other" } }),
      await api("DELETE", `/change-sets/${set.id}`),
      await api("DELETE", `/change-sets/${set.id}/operations/${operation.id}`),
      await api("PATCH", `/pools/${pool.id}?changeSet=${set.id}`, { body: { description: "y" } }),
    ];
    expect(refusals.map(codeOf)).toEqual(refusals.map(() => [409, "change-set-published"]));
    expect((await api("GET", "/change-sets")).body.items.map(({ id }: Json) => id)).not.toContain(set.id);
    const published = (await api("GET", "/change-sets?state=published")).body.items;
    expect(published.map(({ id }: Json) => id)).toContain(set.id);
  });

  it("publishes nothing for somebody who names no change set properly", async () => {
    const pool = await makePool();
    const before = await revisionCount();
    const bad = await api("PATCH", `/pools/${pool.id}?changeSet=mine`, { body: { description: "x" } });
    expect([...codeOf(bad), faultPaths(bad)]).toEqual([400, "invalid-input", ["changeSet"]]);
    expect((await api("PATCH", `/pools/${pool.id}?changeSet=${randomUUID()}`, { body: {} })).status).toBe(404);
    expect(await revisionCount()).toBe(before);
  });

  it("refuses to publish what changes nothing, what was not reviewed, and over what was not seen", async () => {
    const pool = await makePool();
    const set = await open([{ op: "pool.update", id: pool.id, patch: { description: "" } }]);
    expect(codeOf(await publish(set.id))).toEqual([409, "nothing-to-publish"]);
    await api("PATCH", `/pools/${pool.id}?changeSet=${set.id}`, { body: { description: "x" } });
    expect(codeOf(await publish(set.id, { version: set.version }))).toEqual([412, "stale-change-set"]);
    expect(codeOf(await publish(set.id, {}, { "if-match": String(pool.revision - 1) }))).toEqual([
      412,
      "stale-revision",
    ]);
    const { version } = await read(set.id);
    expect((await publish(set.id, { version }, { "if-match": String(pool.revision) })).status).toBe(200);
  });

  it("tells every fault of the operations that are added, with its place, and adds none", async () => {
    const pool = await makePool();
    const set = await open();
    const answer = await api("POST", `/change-sets/${set.id}/operations`, {
      body: {
        operations: [
          { op: "pool.update", id: pool.id, patch: { maxQueue: -1 } },
          { op: "pool.update", id: pool.id, patch: { description: "fine" } },
          { op: "node.delete", id: randomUUID() },
        ],
      },
    });
    expect([answer.status, faultPaths(answer)]).toEqual([400, ["operations.0.maxQueue", "operations.2.id"]]);
    expect((await read(set.id)).operationCount).toBe(0);
  });

  it("may pass through what could not be published, and tells each operation what is wrong with it", async () => {
    const [a, b] = [await makePool(), await makePool()];
    const set = await open([{ op: "pool.update", id: a.id, patch: { name: b.name } }]);
    const faulty = await read(set.id);
    expect(faulty).toMatchObject({ publishable: false, operations: [{ faults: [{ path: ["name"] }] }] });
    const refused = await publish(set.id);
    expect([...codeOf(refused), faultPaths(refused)]).toEqual([409, "duplicate-name", ["operations.0.name"]]);
    await api("PATCH", `/pools/${b.id}?changeSet=${set.id}`, { body: { name: a.name } });
    expect((await publish(set.id)).status).toBe(200);
    expect((await api("GET", `/pools/${a.id}`)).body.name).toBe(b.name);
  });

  it("lets single operations be replaced and taken out, and the set be renamed and discarded", async () => {
    const pool = await makePool();
    const node = await makeNode(pool.id);
    const set = await open([
      { op: "node.update", id: node.id, patch: { weight: 5 } },
      { op: "pool.update", id: pool.id, patch: { description: "x" } },
    ]);
    const [first, second] = (await read(set.id)).operations;
    const path = `/change-sets/${set.id}/operations`;
    const operation = { op: "node.update", id: node.id, patch: { weight: 9 } };
    await api("PATCH", `${path}/${first.id}`, { body: { operation } });
    await api("DELETE", `${path}/${second.id}`);
    await api("PATCH", `/change-sets/${set.id}`, { body: { name: "nine" } });
    const detail = await read(set.id);
    expect(detail).toMatchObject({ name: "nine", operations: [{ id: first.id, operation }] });
    expect(detail.changes).toMatchObject([{ fields: [{ path: "weight", before: 1, after: 9 }] }]);
    expect((await api("DELETE", `/change-sets/${set.id}`, { as: "admin" })).status).toBe(204);
    expect((await api("GET", `/change-sets/${set.id}`)).status).toBe(404);
    const actions = await db().audit.findMany({ where: { targetId: set.id }, orderBy: { id: "asc" } });
    expect(actions.map(({ action }) => action.replace("change-set.", ""))).toEqual([
      "create",
      "replace",
      "unstage",
      "rename",
      "discard",
    ]);
  });

  it("is discarded by whoever made it or an administrator, and by nobody else", async () => {
    const made = await api("POST", "/change-sets", { as: "admin", body: { name: "an admin's" } });
    expect(codeOf(await api("DELETE", `/change-sets/${made.body.id}`))).toEqual([403, "forbidden"]);
    expect((await api("DELETE", `/change-sets/${(await open()).id}`)).status).toBe(204);
  });

  it("takes a roll-back as the operations that it comes to, merged with what others publish", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1", weight: 5 }] });
    await patchNode(pool.nodes[0].id, { weight: 8 });
    const set = await open();
    const answer = await api("POST", `/revisions/${pool.revision}/rollback?changeSet=${set.id}`, { body: {} });
    expect([answer.status, answer.headers.get("gb-change-set")]).toEqual([200, set.id]);
    const other = await makePool();
    const { operations } = await read(set.id);
    expect(operations.map(({ operation }: Json) => operation)).toEqual([
      { op: "node.update", id: pool.nodes[0].id, patch: { weight: 5 } },
    ]);
    expect((await publish(set.id)).status).toBe(200);
    expect((await api("GET", `/nodes/${pool.nodes[0].id}`)).body.weight).toBe(5);
    expect((await api("GET", `/pools/${other.id}`)).status).toBe(200);
  });
});

describe("warnings", () => {
  it("must be confirmed by their ids, and a new one is not confirmed unseen", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const set = await open([{ op: "node.update", id: pool.nodes[0].id, patch: { weight: 0 } }]);
    const refused = await api("POST", `/change-sets/${set.id}/publish`, { body: {} });
    expect(codeOf(refused)).toEqual([409, "unconfirmed-warnings"]);
    const ids = refused.body.warnings.map(({ id }: Json) => id);
    expect(ids).toContain(`all-weights-zero:${pool.id}:nodes`);
    await api("PATCH", `/pools/${pool.id}?changeSet=${set.id}`, { body: { breaker: { errorRatio: 1 } } });
    const again = await api("POST", `/change-sets/${set.id}/publish`, { body: { confirm: ids } });
    expect(codeOf(again)).toEqual([409, "unconfirmed-warnings"]);
    expect(again.body.detail).toContain("ratio of 1");
    const confirm = again.body.warnings.map(({ id }: Json) => id);
    expect((await api("POST", `/change-sets/${set.id}/publish`, { body: { confirm } })).status).toBe(200);
  });
});
