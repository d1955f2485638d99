import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dataDir } from "#lib/store/data-dir.ts";
import { endLeftovers } from "#workers/supervisor/leftovers.ts";
import { identify } from "#workers/supervisor/process-identity.ts";
import { StateFile } from "#workers/supervisor/state-file.ts";
import { isAlive, temporaryDir } from "./support.ts";

function child(): number {
  const one = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void one.kill("SIGKILL"));
  return one.pid as number;
}

/** A data directory as a killed supervisor leaves it. */
function leftBy(children: { name: string; pid: number; startedAt?: string }[]) {
  const dir = dataDir(temporaryDir());
  const records = children.map((one) => ({ ...identify(one.pid), ...one }));
  fs.writeFileSync(dir.supervisor, JSON.stringify({ supervisor: { pid: 1, startedAt: "gone" }, children: records }));
  return dir;
}

test("ends the recorded children of a killed supervisor", async () => {
  const dir = leftBy([
    { name: "web", pid: child() },
    { name: "proxy 0", pid: child() },
  ]);
  const state = new StateFile(dir.supervisor);
  expect(state.leftovers.map(({ name }) => name)).toEqual(["web", "proxy 0"]);
  await endLeftovers(dir, state.leftovers);
  expect(state.leftovers.filter(({ pid }) => isAlive(pid))).toEqual([]);
});

test("leaves a process alone that got the number of a recorded one", async () => {
  const pid = child();
  const dir = leftBy([{ name: "web", pid, startedAt: "some time ago" }]);
  const state = new StateFile(dir.supervisor);
  await endLeftovers(dir, state.leftovers);
  expect(isAlive(pid)).toBe(true);
});

test("leaves a process alone that a stale postmaster.pid names, and removes that file", async () => {
  const pid = child();
  const dir = leftBy([]);
  const file = path.join(dir.postgres, "postmaster.pid");
  fs.mkdirSync(dir.postgres);
  fs.writeFileSync(file, `${pid}\n${dir.postgres}\n0\n25432\n`);
  await endLeftovers(dir, []);
  expect(isAlive(pid)).toBe(true);
  expect(fs.existsSync(file)).toBe(false);
});

test("a state file cut off by a crash does not keep the next supervisor from starting", () => {
  const dir = dataDir(temporaryDir());
  fs.writeFileSync(dir.supervisor, '{"supervisor": {"pi');
  const state = new StateFile(dir.supervisor);
  expect(state.leftovers).toEqual([]);
  state.release();
  expect(fs.existsSync(dir.supervisor)).toBe(false);
});
