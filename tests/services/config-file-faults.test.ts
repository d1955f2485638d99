// What is wrong with a file of the configuration, told all at once.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { name, put, putYaml, YAML } from "./config-files.ts";
import { faultPaths, makePool, serveApi } from "./harness.ts";

serveApi();

describe("what is wrong with a file", () => {
  it("is all told, each at its path and its line", async () => {
    const answer = await putYaml(`pools:
  - name: x
    algorithm: fastest
    nodes:
      - name: a
        url: ftp://10.0.0.1
        wieght: 3
  - name: y
    algorithm: peak-ewma
    timeouts: { connectMs: 1 }
`);
    expect([answer.status, answer.body.code]).toEqual([400, "invalid-input"]);
    const told = answer.body.faults.map(
      ({ path, line }: { path: string[]; line: number }) => `${line} ${path.join(".")}`,
    );
    expect(told.toSorted()).toEqual([
      "10 pools.1.timeouts.connectMs",
      "3 pools.0.algorithm",
      "6 pools.0.nodes.0.url",
      "7 pools.0.nodes.0.wieght",
    ]);
  });
  it("is told where entities do not fit together, also with what the file keeps", async () => {
    const [kept, mine] = [await makePool(), await makePool()];
    const algorithm = "peak-ewma";
    const answer = await put({
      pools: [
        { id: mine.id, name: kept.name, algorithm },
        { id: randomUUID(), name: name(), algorithm },
      ],
      routes: [{ match: { pathPrefix: "/nowhere" }, pool: "no such pool" }],
    });
    expect(faultPaths(answer)).toEqual(["routes.0.pool"]);
    const twice = await put({ pools: [{ id: mine.id, name: kept.name, algorithm }] });
    expect([twice.status, faultPaths(twice)]).toEqual([400, ["pools.0.name"]]);
    const named = await put({
      pools: [
        { name: "a b", algorithm },
        { name: "A B", algorithm },
      ],
    });
    expect(faultPaths(named)).toEqual(["pools.1.name"]);
    const foreign = await put({ pools: [{ id: randomUUID(), name: kept.name, algorithm }] });
    expect([foreign.body.faults[0].code, faultPaths(foreign)]).toEqual(["id-differs", ["pools.0.id"]]);
  });
  it.each([
    ["a key twice", "pools: []\npools: []\n", 2],
    ["a tag of somebody's own", "pools: !python/object:x []\n", 1],
    ["bad indentation", "pools:\n - name: a\n  algorithm: b\n", 3],
    ["a second document", "pools: []\n---\nroutes: []\n", 2],
    ["an unknown alias", "pools: *nobody\n", 1],
    ["a tab for indentation", "pools:\n\t- name: a\n", 2],
  ])("is told at its line: %s", async (_, text, line) => {
    const answer = await putYaml(text);
    expect([answer.status, answer.body.code]).toEqual([400, "invalid-input"]);
    expect(answer.body.faults.map((fault: { line: number }) => fault.line)).toContain(line);
  });
  it("includes merge keys, dates and numbers for names: nothing is guessed", async () => {
    const answer = await putYaml(
      "pools:\n  - <<: { algorithm: peak-ewma }\n    name: 2026\n    algorithm: peak-ewma\n",
    );
    expect(faultPaths(answer)).toEqual(["pools.0.<<", "pools.0.name"]);
  });
  it("includes aliases that stand for more than anybody means", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [at, key] of [..."bcdefghi"].entries())
      bomb.push(`${key}: &${key} [${`*${"abcdefgh"[at]},`.repeat(9)}]`);
    const answer = await putYaml(bomb.join("\n"));
    expect([answer.status, answer.body.faults[0].code]).toEqual([400, "too-many-aliases"]);
    const few = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [at, key] of [..."bcdefghi"].entries()) few.push(`${key}: &${key} [${`*${"abcdefgh"[at]},`.repeat(9)}]`);
    expect((await putYaml("a: &a [*a]\n")).status).toBe(400);
    const fine = await putYaml('pools:\n  - &p { name: "x y z", algorithm: peak-ewma }\n  - *p\n', "?dryRun=true");
    expect(faultPaths(fine)).toEqual(["pools.1.name"]);
  });
  it.each([
    ["JSON that is none", "{", { "content-type": "application/json" }, 400, "invalid-json"],
    ["another type", "pools: []", { "content-type": "text/plain" }, 415, "unsupported-media-type"],
    ["no type", "pools: []", { "content-type": "" }, 415, "unsupported-media-type"],
    ["more than eight MiB", `# ${"x".repeat(8_388_608)}`, YAML, 413, "payload-too-large"],
    ["a list", "- a", YAML, 400, "invalid-input"],
    [
      "text that no database keeps",
      'pools: [{ name: a, algorithm: peak-ewma, description: "\\0" }]',
      YAML,
      400,
      "invalid-input",
    ],
    ["an unknown parameter", "pools: []", { ...YAML, query: "?dryrun=true" }, 400, "invalid-input"],
    ["a flag that is neither", "pools: []", { ...YAML, query: "?prune=maybe" }, 400, "invalid-input"],
  ])("gets its own code: %s", async (_, text, { query = "", ...headers }: Record<string, string>, status, code) => {
    const answer = await put(text, query, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
