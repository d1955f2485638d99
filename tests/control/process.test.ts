import { fork } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DataDir } from "#lib/store/data-dir.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  connected,
  documentOf,
  eventually,
  NODES,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
let dir: DataDir;
beforeEach(async () => {
  dir = await temporaryDataDir(after);
});
afterEach(after.run);

function run(env: Record<string, string>) {
  const child = fork("workers/control/main.ts", [], {
    execPath: process.execPath,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      GB_LOG_LEVEL: "warn",
      GB_DATA_DIR: dir.root,
      GB_ADMIN_PORT: "19931",
      GB_SECRET_KEY: "5e".repeat(32),
      ...env,
    },
    silent: true,
  });
  after.add(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  return { child, output: () => output };
}

test("runs natively, says when it is ready, and stops on SIGTERM and when its supervisor is gone", async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  for (const end of ["SIGTERM", "disconnect"]) {
    const { child, output } = run({ DATABASE_URL: database.url });
    expect(await once(child, "message")).toEqual([{ type: "ready" }, undefined]);
    const one = await proxy(after, dir);
    const number = end === "SIGTERM" ? 1 : 2;
    await publish(db, number, documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }])));
    await eventually(() => expect(one.config()?.revision).toBe(number));
    const exited = once(child, "exit");
    if (end === "SIGTERM") child.kill("SIGTERM");
    else child.disconnect();
    expect(await exited, output()).toEqual([0, null]);
  }
});

test("names what is wrong with its environment and exits", async () => {
  const { child, output } = run({ GB_ADMIN_PORT: "0" });
  expect((await once(child, "exit"))[0]).toBe(1);
  expect(output()).toContain("GB_ADMIN_PORT: must be a port from 1 to 65535");
});

test("serves without a database, and stops in time", async () => {
  const { child, output } = run({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" });
  await once(child, "message");
  child.kill("SIGTERM");
  expect(await once(child, "exit"), output()).toEqual([0, null]);
});
