// PostgreSQL of a benchmark's own that can be started anew, so that nothing is in its memory.
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate } from "#lib/store/migrate.ts";
import { ensureCluster } from "#workers/supervisor/postgres/cluster.ts";
import { ownerUrl, postgresCommand, serverStatus } from "#workers/supervisor/postgres/server.ts";
import { freePort } from "./ports.ts";
import type { Started, Workshop } from "./workshop.ts";

const WITHIN_MS = 60_000;

export type HistoryDatabase = { url: string; restart: () => Promise<void> };

/** Starts it, with an empty, migrated database. */
export async function startDatabase(shop: Workshop): Promise<HistoryDatabase> {
  const cluster = { dir: path.join(shop.dir, "pg"), passwordFile: path.join(shop.dir, "pg-password"), durable: false };
  await ensureCluster(cluster);
  const port = await freePort();
  const { file, args, ids } = postgresCommand(cluster, port);
  const begin = async (): Promise<Started> => {
    const server = await shop.start("postgres", file, args, {
      ids,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      ready: "none",
    });
    server.failed.catch(() => {}); // It is ended and begun anew.
    await until(() => serverStatus(cluster.dir)?.ready === true);
    return server;
  };
  let server = await begin();
  const url = ownerUrl(cluster, port, "bench");
  await migrate(url);
  return {
    url,
    restart: async () => {
      const { process: ended } = server;
      ended.kill("SIGINT");
      await until(() => ended.exitCode !== null || ended.signalCode !== null);
      server = await begin();
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = performance.now() + WITHIN_MS; !isSo(); await sleep(20))
    if (performance.now() > deadline) throw new Error("PostgreSQL is not there within 60 s");
}
