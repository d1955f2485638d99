import { expect, it, vi } from "vitest";
import { serveCli } from "./cli-rig.ts";
import { api, makePool, serveApi } from "./harness.ts";

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
