import { expect, it, vi } from "vitest";
import { serveCli } from "./cli-rig.ts";
import { api, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

// Each command is a process: on a machine with company they take their time to start.
vi.setConfig({ testTimeout: 180_000 });
serveApi();
const rig = serveCli();
let ports = 9_000;
async function start(): Promise<number> {
  const body = { operations: [{ op: "proxy.update", patch: { connections: { max: ports++ } } }] };
  const answer = await api("POST", "/canaries", { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.revision;
}

it("tells of a canary, promotes one, rolls one back, and says when none runs", async () => {
  expect((await rig.gb(["canary", "status"])).err).toContain("No canaries found.");
  expect(await rig.gb(["canary", "abort"])).toMatchObject({ code: 1, out: "" });
  await makePool();
  const first = await start();
  const { code, out } = await rig.gb(["canary", "status"]);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`Revision: +${first} `));
  expect(out).toMatch(/State: +running: collecting/);
  expect(out).toMatch(/ARM +REQUESTS/);
  expect(JSON.parse((await rig.gb(["canary", "status", "-o", "json"])).out)).toMatchObject({ revision: first });
  const promoted = await rig.gb(["canary", "promote", "--note", "by hand"]);
  expect(promoted.out).toContain(`promoted: revision ${first} is in force`);
  await start();
  expect((await rig.gb(["canary", "abort"])).out).toContain(`rolled back: revision ${first} is in force`);
  expect((await rig.gb(["canary", "promote"])).err).toContain("no canary is running");
  expect((await rig.gb(["canary", "frobnicate"])).err).toContain('"frobnicate" is none of');
});

it("rolls back to what has warnings only when they are meant", async () => {
  const pool = await makePool();
  await makeNode(pool.id);
  const before = await revisionCount();
  const refused = await rig.gb(["rollback", `${pool.revision}`]);
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(/warning: .*has no nodes.*\n.*say --yes/s);
  expect(await revisionCount()).toBe(before);
  const done = await rig.gb(["rollback", `${pool.revision}`, "--yes"]);
  expect(done, done.err).toMatchObject({
    code: 0,
    out: expect.stringContaining(`which is revision ${pool.revision} again`),
  });
  expect(done.err).toMatch(/warning: .*has no nodes/);
});

it("starts one of a change set by its name, whose warnings must be meant, or of an earlier revision", async () => {
  const pool = await makePool({ nodes: [{ name: "n", url: "http://127.0.0.1:1" }] });
  const set = (await api("POST", "/change-sets", { body: { name: "No Weight" } })).body;
  await api("PATCH", `/nodes/${pool.nodes[0].id}?changeSet=${set.id}`, { body: { weight: 0 } });
  const unread = await rig.gb(["canary", "start", "no weight"]);
  expect(unread).toMatchObject({ code: 1, out: "" });
  expect(unread.err).toMatch(/warning: .*weight/);
  expect(unread.err).toContain("say --yes");
  const options = [
    "--share",
    "5",
    "--for",
    "30m",
    "--by",
    "header:x-customer",
    "--min-requests",
    "50",
    "--note",
    "try it",
  ];
  const started = await rig.gb(["canary", "start", "no weight", "--yes", "-o", "json", ...options]);
  expect(started, started.err).toMatchObject({ code: 0 });
  expect(JSON.parse(started.out)).toMatchObject({
    state: "running",
    note: "try it",
    changeSetName: "No Weight",
    settings: {
      sharePercent: 5,
      durationMs: 1_800_000,
      minRequests: 50,
      key: { from: "header", name: "x-customer" },
      maxP99Ratio: 1.5,
    },
  });
  expect((await rig.gb(["canary", "start", "--revision", "1"])).err).toContain("canary-running");
  const aborted = await rig.gb(["canary", "abort", "-o", "yaml"]);
  expect(aborted.out).toMatch(/^state: rolled-back$/m);
  const empty = await makePool();
  await makeNode(empty.id);
  const revision = `r${empty.revision}`;
  const refused = await rig.gb(["canary", "start", "--revision", revision]);
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(/warning: .+\n.*say --yes/s);
  const earlier = await rig.gb(["canary", "start", "--revision", revision, "--yes"]);
  expect(earlier.out).toMatch(/^started: 10 % of the clients use revision \d+; due /);
  await rig.gb(["canary", "abort"]);
});

it("says what is wrong before the server is asked, and what the server refuses", async () => {
  const wrong = async (...args: string[]) => {
    const { code, out, err } = await rig.gb(["canary", ...args]);
    expect([code, out]).toEqual([1, ""]);
    return err;
  };
  expect(await wrong("start")).toContain("which change set");
  expect(await wrong("start", "a", "--revision", "4")).toContain("which change set");
  expect(await wrong("start", "--revision", "four")).toContain('"four" is not the number of a revision');
  expect(await wrong("start", "a", "--by", "colour")).toContain("--by must be");
  expect(await wrong("start", "a", "--share", "a lot")).toContain("--share must be a number");
  expect(await wrong("abort", "--share", "5")).toContain("--share is of start");
  expect(await wrong("start", "nothing of the kind")).toContain('there is no change set "nothing of the kind"');
  expect(await wrong("start", "--revision", "1", "--share", "60")).toContain("settings.sharePercent");
});
