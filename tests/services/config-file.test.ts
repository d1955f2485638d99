// The configuration as code: what GET /config writes, PUT /config reads.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeFile } from "#lib/core/config-file/write.ts";
import { readText, writeText } from "#lib/services/config/config-text.ts";
import { db } from "#lib/store/db.ts";
import { anyConfig } from "#tests/support/any-config.ts";
import { changesOf, exported, exportedYaml, fetchText, name, put, putYaml } from "./config-files.ts";
import { api, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("an export", () => {
  it("changes nothing when it is sent back, in either format, and makes no revision", async () => {
    const pool = await makePool({ breaker: { openMs: 1_234 }, description: "yes" });
    await makeNode(pool.id, { weight: 7 });
    const revisions = await revisionCount();
    for (const answer of [await put(await exported()), await putYaml(await exportedYaml(), "?prune=true")]) {
      expect([answer.status, answer.body.changes, answer.body.omitted]).toEqual([200, [], []]);
      expect(answer.body.revision).toBe(revisions);
    }
    expect(await revisionCount()).toBe(revisions);
  });
  it("is written in YAML for who asks for it by name, with its revision and its schema at the top", async () => {
    const { text, headers } = await fetchText("/config", "application/yaml, */*;q=0.1");
    expect(headers.get("content-type")).toBe("application/yaml");
    expect(text).toContain(`revision ${headers.get("gb-revision")}`);
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect((await fetchText("/config")).headers.get("content-type")).toBe("application/json");
  });
  it("holds no default and, without ids, nothing that is of one installation only", async () => {
    const { name: made } = await makePool();
    const file = await exported("?ids=false");
    const pool = file.pools.find((each: { name: string }) => each.name === made);
    expect(pool).toEqual({ name: made, algorithm: "weighted-round-robin", nodes: [] });
    expect(JSON.stringify(file)).not.toMatch(/"id":/);
  });
  it("is the same text however often it is read and written, whatever it holds", () => {
    fc.assert(
      fc.property(anyConfig, fc.constantFrom("json" as const, "yaml" as const), (document, format) => {
        const text = writeText(writeFile(document, { ids: true }), format, 1);
        const { value } = readText(text, format);
        const { $schema: _, ...file } = value as Record<string, unknown>;
        expect(file).toEqual(JSON.parse(JSON.stringify(writeFile(document, { ids: true }))));
      }),
      { numRuns: 200 },
    );
  });
});

describe("a file written by hand", () => {
  it("makes pools, nodes and routes by name, as one revision", async () => {
    const [first, second] = [name(), name()];
    const before = await revisionCount();
    const answer = await putYaml(`
pools:
  - name: ${first}
    algorithm: least-connections
    nodes:
      - { name: a, url: http://10.0.0.1:80, weight: 5 }
      - { name: b, url: http://10.0.0.2:80 }
  - name: ${second}
    algorithm: weighted-round-robin
routes:
  - match: { pathPrefix: "/${first.replace(" ", "-")}" }
    pool: ${second}
`);
    expect([answer.status, answer.body.revision]).toEqual([200, before + 1]);
    expect(answer.headers.get("gb-revision")).toBe(String(before + 1));
    expect(changesOf(answer)).toEqual([
      `pool added ${first}`,
      `pool added ${second}`,
      `node added ${first} / a`,
      `node added ${first} / b`,
      `route added */${first.replace(" ", "-")}`,
    ]);
    const routes = (await api("GET", "/routes")).body.items;
    expect(routes.map(({ poolName }: { poolName: string }) => poolName)).toContain(second);
  });
  it("keeps the ids of what is known by name, and gives settings that it leaves out their defaults", async () => {
    const pool = await makePool({ breaker: { openMs: 1_234 }, maxQueue: 5 });
    const node = await makeNode(pool.id, { weight: 9 });
    const file = { name: pool.name, algorithm: "peak-ewma", maxQueue: 6, nodes: [{ name: node.name, url: node.url }] };
    expect((await put({ pools: [file] })).status).toBe(200);
    const after = (await api("GET", `/pools/${pool.id}`)).body;
    expect([after.algorithm, after.maxQueue, after.breaker.openMs]).toEqual(["peak-ewma", 6, 5_000]);
    expect([after.nodes[0].id, after.nodes[0].weight]).toEqual([node.id, 1]);
  });
  it("gives a known entity another name by its id", async () => {
    const pool = await makePool();
    const other = name();
    const answer = await put({ pools: [{ id: pool.id, name: other, algorithm: pool.algorithm }] });
    expect(changesOf(answer)).toEqual([`pool changed ${other}`]);
    expect((await api("GET", `/pools/${pool.id}`)).body.name).toBe(other);
  });
  it("moves a node that it names by id in another pool", async () => {
    const [from, to] = [await makePool(), await makePool()];
    const node = await makeNode(from.id);
    const moved = { id: node.id, name: node.name, url: node.url };
    const answer = await put({ pools: [{ name: to.name, algorithm: to.algorithm, nodes: [moved] }] });
    expect(answer.status).toBe(200);
    expect((await api("GET", `/nodes/${node.id}`)).body.poolId).toBe(to.id);
    expect((await api("GET", `/pools/${from.id}`)).body.nodes).toEqual([]);
  });
});

describe("what a file leaves out", () => {
  it("is kept, and told", async () => {
    const pool = await makePool();
    const node = await makeNode(pool.id);
    const answer = await put({ pools: [{ name: pool.name, algorithm: pool.algorithm, nodes: [] }] });
    expect(answer.body.changes).toEqual([]);
    expect(answer.body.omitted).toContainEqual({
      kind: "node",
      id: node.id,
      name: `${pool.name} / ${node.name}`,
      fate: "kept",
    });
    expect((await api("GET", `/nodes/${node.id}`)).status).toBe(200);
  });
  it("is deleted with prune, and only in the sections that the file has", async () => {
    const pool = await makePool();
    const node = await makeNode(pool.id);
    const whole = await exported();
    const mine = whole.pools.find(({ id }: { id: string }) => id === pool.id);
    const others = whole.pools.filter((each: unknown) => each !== mine);
    const { nodes: _, ...settings } = mine;
    expect((await put({ pools: [...others, settings] }, "?prune=true")).body.changes).toEqual([]);
    const emptied = await put({ pools: [...others, { ...settings, nodes: [] }] }, "?prune=true");
    expect(changesOf(emptied)).toEqual([`node removed ${pool.name} / ${node.name}`]);
    expect(changesOf(await put({ pools: others }, "?prune=true"))).toEqual([`pool removed ${pool.name}`]);
    expect((await api("GET", "/routes")).body.items).not.toEqual([]);
  });
  it("stands in the way where a kept route leads to a deleted pool", async () => {
    const pool = await makePool();
    await api("POST", "/routes", { body: { match: { pathPrefix: `/kept-${pool.id}` }, poolId: pool.id } });
    const others = (await exported()).pools.filter(({ id }: { id: string }) => id !== pool.id);
    const answer = await put({ pools: others }, "?prune=true");
    expect([answer.status, answer.body.code]).toEqual([400, "invalid-input"]);
    expect(answer.body.detail).toContain("leads to a pool that this file deletes");
  });
});

describe("a dry run", () => {
  it("tells what would change, what is dangerous and what would come of it, and writes nothing", async () => {
    const before = [await revisionCount(), await db().audit.count(), await exported()];
    const made = name();
    const answer = await put({ pools: [{ name: made, algorithm: "peak-ewma" }] }, "?dryRun=true");
    expect([answer.status, answer.body.dryRun, answer.body.revision]).toEqual([200, true, before[0]]);
    expect(changesOf(answer)).toEqual([`pool added ${made}`]);
    expect(answer.body.warnings.map(({ code }: { code: string }) => code)).toContain("no-nodes");
    expect(answer.body.result.pools.at(-1)).toMatchObject({ name: made, algorithm: "peak-ewma" });
    expect(answer.headers.has("gb-converged")).toBe(false);
    expect([await revisionCount(), await db().audit.count(), await exported()]).toEqual(before);
  });
});

describe("PUT /config", () => {
  it("is refused when another revision is in force than the caller has seen", async () => {
    const { headers } = await fetchText("/config");
    const seen = headers.get("etag") as string;
    await makePool();
    const made = { pools: [{ name: name(), algorithm: "peak-ewma" }] };
    const answer = await put(made, "", { "if-match": seen });
    expect([answer.status, answer.body.code]).toEqual([412, "stale-revision"]);
    expect((await put(made, "?dryRun=true", { "if-match": seen })).status).toBe(412);
  });
  it("is refused until the warnings that it brings are confirmed; those in force already need no word", async () => {
    const made = { pools: [{ name: name(), algorithm: "peak-ewma" }] };
    const refused = await api("PUT", "/config", { body: made });
    expect([refused.status, refused.body.code]).toEqual([409, "unconfirmed-warnings"]);
    expect(refused.body.warnings.map(({ code }: { code: string }) => code)).toContain("no-nodes");
    expect((await api("PUT", "/config?confirmWarnings=true", { body: made })).status).toBe(200);
    expect((await api("PUT", "/config", { body: made })).status).toBe(200);
  });
  it("loses nobody's edit, however many publish at once", async () => {
    const names = Array.from({ length: 12 }, name);
    const answers = await Promise.all(names.map((each) => put({ pools: [{ name: each, algorithm: "peak-ewma" }] })));
    const made = answers.filter(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status !== 200 && status !== 412)).toEqual([]);
    expect(new Set(made.map(({ body }) => body.revision)).size).toBe(made.length);
    const there = (await exported()).pools.map((pool: { name: string }) => pool.name);
    expect(there).toEqual(expect.arrayContaining(names.filter((_, at) => answers[at]?.status === 200)));
  });
  it("leaves a drain, a maintenance and a warm-up as they are", async () => {
    const pool = await makePool();
    const [drained, maintained] = [await makeNode(pool.id), await makeNode(pool.id)];
    await api("POST", `/nodes/${drained.id}/drain`, { body: { timeoutMs: 60_000 } });
    await api("POST", `/nodes/${maintained.id}/maintenance`);
    const file = await exported();
    for (const each of file.pools) for (const node of each.nodes) node.weight = 3;
    expect((await put(file, "?prune=true")).status).toBe(200);
    const states = (await api("GET", `/pools/${pool.id}`)).body.nodes.map(
      ({ facts, weight }: { facts: { admin: { state: string } }; weight: number }) => [facts.admin.state, weight],
    );
    expect(states).toEqual([
      ["drain", 3],
      ["maintenance", 3],
    ]);
  });
  it("is for publishers, of everything; anybody who may look may export", async () => {
    for (const as of ["viewer", "operator"] as const)
      expect((await api("PUT", "/config", { as, body: {} })).body.code).toBe("forbidden");
    expect((await api("PUT", "/config", { as: null, body: {} })).status).toBe(401);
    expect((await api("GET", "/config", { as: "viewer" })).status).toBe(200);
  });
  it("keeps its note with the revision, and the audit of each entity", async () => {
    const made = name();
    const { body } = await put({ pools: [{ name: made, algorithm: "peak-ewma" }] }, "?note=from%20git");
    expect((await api("GET", `/revisions/${body.revision}`)).body.note).toBe("from git");
    const [entry] = (await api("GET", "/audit?limit=1", { as: "operator" })).body.items;
    expect([entry.action, entry.targetName, entry.revision]).toEqual(["pool.create", made, body.revision]);
  });
});
