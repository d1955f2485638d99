// One PostgreSQL for a vitest project's run, started by the first test file's project set-up (vitest.config.ts names it
// as globalSetup). It holds a migrated template from which every test file gets a database of its own in some 50 ms.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { migrate } from "#lib/store/migrate.ts";
import { freePort } from "#workers/supervisor/ports.ts";
import { ensureCluster } from "#workers/supervisor/postgres/cluster.ts";
import { openLog, ownerUrl, postgresCommand, serverStatus } from "#workers/supervisor/postgres/server.ts";

export const TEMPLATE = "gb_template";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Waits on the test run's end, also on its violent one: then the pipe closes and it stops PostgreSQL. */
const REAPER =
  'read -r _; kill -QUIT "$1" 2>/dev/null; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"';

export default async function setup(project: TestProject) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "gb-test-pg-"));
  const cluster = { dir: path.join(home, "pg"), passwordFile: path.join(home, "pw"), durable: false };
  await ensureCluster(cluster);
  const port = await freePort();
  const { file, args, ids, logFile } = postgresCommand(cluster, port);
  const log = openLog(cluster);
  const server = spawn(file, args, { ...ids, cwd: "/", detached: true, stdio: ["ignore", log, log] });
  fs.closeSync(log);
  const reaper = spawn("sh", ["-c", REAPER, "sh", String(server.pid), home], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(server, "exit").then(() => {
    throw new Error(`PostgreSQL ended:\n${fs.readFileSync(logFile, "utf8")}`);
  });
  await Promise.race([ended, until(() => serverStatus(cluster.dir)?.ready === true)]);
  ended.catch(() => {}); // from here on its end is the tests' business
  await migrate(ownerUrl(cluster, port, TEMPLATE));
  project.provide("postgresUrl", ownerUrl(cluster, port, "postgres"));
  return async () => {
    reaper.stdin.end();
    await once(reaper, "exit");
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("PostgreSQL was not ready within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
