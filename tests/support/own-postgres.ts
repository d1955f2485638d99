// A PostgreSQL of a test's own, which it may pause (SIGSTOP: connections are made and nothing answers), kill and start again.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { migrate } from "#lib/store/migrate.ts";
import { freePort } from "#workers/supervisor/ports.ts";
import { ensureCluster } from "#workers/supervisor/postgres/cluster.ts";
import { openLog, ownerUrl, postgresCommand, serverStatus } from "#workers/supervisor/postgres/server.ts";

export type OwnPostgres = {
  /** Of its migrated, empty database; the same after each start. */
  url: string;
  pause: () => void;
  resume: () => void;
  /** As a machine that loses its power. */
  kill: () => Promise<void>;
  start: () => Promise<void>;
  /** Ends it for good and removes its files. */
  stop: () => Promise<void>;
};

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "gb-own-pg-"));
  const cluster = { dir: path.join(home, "pg"), passwordFile: path.join(home, "pw"), durable: false };
  await ensureCluster(cluster);
  const port = await freePort();
  const url = ownerUrl(cluster, port, "own");
  let server: ChildProcess | undefined;

  const start = async () => {
    const { file, args, ids } = postgresCommand(cluster, port);
    const log = openLog(cluster);
    server = spawn(file, args, { ...ids, cwd: "/", stdio: ["ignore", log, log] });
    fs.closeSync(log);
    const { pid } = server;
    await until(() => serverStatus(cluster.dir)?.ready === true && serverStatus(cluster.dir)?.pid === pid);
  };
  const signal = (name: NodeJS.Signals) => {
    const { pid } = server ?? {};
    if (pid !== undefined) for (const one of [pid, ...childrenOf(pid)]) tryKill(one, name);
  };
  const kill = async () => {
    const dying = server;
    server = undefined;
    if (!dying?.pid || dying.exitCode !== null) return;
    const gone = once(dying, "exit");
    for (const one of [dying.pid, ...childrenOf(dying.pid)]) tryKill(one, "SIGKILL");
    await gone;
  };
  await start();
  await migrate(url);
  return {
    url,
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    kill,
    start,
    stop: async () => {
      await kill();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

function childrenOf(pid: number): number[] {
  const text = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

function tryKill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("PostgreSQL was not ready within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
