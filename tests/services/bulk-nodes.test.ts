import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { codeOf, type Json, open, read } from "./drafts.ts";
import { api, faultPaths, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

const url = (at: number) => `http://127.0.0.1:${9_000 + at}`;
const bulk = (changes: object[], query = "") => api("POST", `/nodes/bulk${query}`, { body: { changes } });
const create = (poolId: string, at: number, over: object = {}) => ({
  do: "create",
  poolId,
  node: { name: `n${at}`, url: url(at), ...over },
});

describe("many nodes at once", () => {
  it("are created, changed and deleted as one revision, in order", async () => {
    const pool = await makePool({ nodes: [0, 1].map((at) => ({ name: `n${at}`, url: url(at) })) });
    const [first, second] = pool.nodes;
    const before = await revisionCount();
    const { status, body, headers } = await bulk([
      { do: "delete", id: first.id },
      create(pool.id, 0, { weight: 7 }),
      { do: "update", id: second.id, patch: { weight: 3 } },
    ]);
    expect([status, body.revision, headers.get("gb-revision")]).toEqual([200, before + 1, String(before + 1)]);
    expect(body.nodes.map((node: Json) => node && [node.name, node.weight])).toEqual([null, ["n0", 7], ["n1", 3]]);
    expect(await revisionCount()).toBe(before + 1);
  });

  it("swap their names, and take that of one that goes, in one revision", async () => {
    const pool = await makePool({ nodes: [0, 1, 2].map((at) => ({ name: `n${at}`, url: url(at) })) });
    const [first, second, third] = pool.nodes.map(({ id }: Json) => id);
    const rename = (id: string, name: string) => ({ do: "update", id, patch: { name } });
    expect((await bulk([rename(first, "n1"), rename(second, "n0")])).status).toBe(200);
    expect((await bulk([{ do: "delete", id: third }, rename(first, "n2"), rename(second, "N1")])).status).toBe(200);
    const rows = await db().node.findMany({ where: { poolId: pool.id }, orderBy: { url: "asc" } });
    expect(rows.map(({ id, name, nameKey }) => [id, name, nameKey])).toEqual([
      [first, "n2", "n2"],
      [second, "N1", "n1"],
    ]);
  });

  it("are all refused with every fault at its path when one of them is wrong", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: url(1) }] });
    const before = await revisionCount();
    const malformed = await bulk([
      create(pool.id, 2, { url: "ftp://x" }),
      create(pool.id, 3),
      create(pool.id, 4, { weight: -1 }),
    ]);
    expect([malformed.status, faultPaths(malformed)]).toEqual([400, ["changes.0.node.url", "changes.2.node.weight"]]);
    const impossible = await bulk([
      { do: "update", id: pool.nodes[0].id, patch: { weight: 2_000 } },
      create(pool.id, 5),
      { do: "delete", id: randomUUID() },
    ]);
    expect([impossible.status, faultPaths(impossible)]).toEqual([400, ["changes.0.patch.weight", "changes.2.id"]]);
    const twice = await bulk([create(pool.id, 6), create(pool.id, 6)]);
    expect([...codeOf(twice), faultPaths(twice)]).toEqual([409, "duplicate-name", ["changes.1.node.name"]]);
    expect(await revisionCount()).toBe(before);
    expect((await bulk(Array.from({ length: 1_001 }, (_, at) => create(pool.id, at)))).status).toBe(400);
  });

  it("go into a change set as well, and tell what they bring that is hardly meant", async () => {
    const pool = await makePool();
    const set = await open();
    const staged = await bulk([create(pool.id, 1), create(pool.id, 2)], `?changeSet=${set.id}`);
    expect([staged.status, staged.headers.get("gb-change-set")]).toEqual([200, set.id]);
    expect((await read(set.id)).operationCount).toBe(2);
    expect((await api("GET", `/pools/${pool.id}`)).body.nodes).toEqual([]);
    const { body } = await bulk([create(pool.id, 1, { weight: 0 })], "?confirm=all");
    expect(body.warnings.map(({ code }: Json) => code)).toContain("all-weights-zero");
  });

  it("keep to the pools of the token", async () => {
    const [own, other] = [await makePool(), await makePool()];
    const made = await api("POST", "/tokens", {
      as: "admin",
      body: { name: `t${randomUUID().slice(0, 8)}`, role: "publisher", poolIds: [own.id] },
    });
    const headers = { authorization: `Bearer ${made.body.token}` };
    const send = (changes: object[]) => api("POST", "/nodes/bulk", { headers, body: { changes } });
    expect((await send([create(own.id, 1)])).status).toBe(200);
    expect(codeOf(await send([create(own.id, 2), create(other.id, 1)]))).toEqual([403, "out-of-scope"]);
  });
});
