import type { SpawnOptions } from "node:child_process";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { DataDir } from "#lib/store/data-dir.ts";
import { ManagedProcess } from "../managed-process.ts";
import { firstFreePort, listenFault } from "../ports.ts";
import { startTimeOf } from "../process-identity.ts";
import type { DatabaseUrls } from "../schema.ts";
import { STOP_POSTGRES } from "../stop-steps.ts";
import { type Cluster, ensureCluster } from "./cluster.ts";
import { openLog, ownerUrl, postgresCommand, roleUrl, serverStatus } from "./server.ts";

/** Below the range that systems take outgoing ports from: a short absence must not cost PostgreSQL its port. */
const FIRST_PORT = 25_432;
const DATABASE = "gemini_balance";
/** What the product works as; the cluster's owner only migrates. */
const PRODUCT = "gb_product";

export type EmbeddedPostgres = { process: ManagedProcess; urls: DatabaseUrls };

/** The cluster of the data directory as a process that is kept alive. Its port stays the same from then on. */
export async function embeddedPostgres(dir: DataDir, onChange: () => void): Promise<EmbeddedPostgres> {
  const cluster = clusterOf(dir);
  await ensureCluster(cluster);
  let port = await choosePort(dir.postgresPort);
  let wasReady = false;
  const managed = new ManagedProcess(
    {
      name: "PostgreSQL",
      async command() {
        // Others know the address once it was up; until then a port that somebody took meanwhile can be left to him.
        if (!wasReady) port = await choosePort(dir.postgresPort);
        const { file, args, ids } = postgresCommand(cluster, port);
        const log = openLog(cluster);
        const options = { ...ids, cwd: "/", stdio: ["ignore", log, log] } satisfies SpawnOptions;
        return { file, args, options, spawned: () => fs.closeSync(log) };
      },
      async ready(child, gone) {
        while (!gone.aborted) {
          const status = serverStatus(cluster.dir);
          if (status?.ready && status.pid === child.pid) break;
          await sleep(10);
        }
        wasReady ||= !gone.aborted;
      },
      stop: STOP_POSTGRES,
    },
    onChange,
  );
  const urls = {
    owner: () => ownerUrl(cluster, port, DATABASE),
    product: () => roleUrl(PRODUCT, dir.postgresProductPassword, port, DATABASE),
    isEmbedded: true,
  };
  return { process: managed, urls };
}

/**
 * Address of the embedded database of a product that runs now, for the product's role; undefined when none runs in that data
 * directory. One that an older version started has no such role yet: then it is the owner's.
 */
export function embeddedDatabaseUrl(dir: DataDir): string | undefined {
  const status = serverStatus(dir.postgres);
  if (!status?.ready || !startTimeOf(status.pid)) return undefined;
  if (!fs.existsSync(dir.postgresProductPassword)) return ownerUrl(clusterOf(dir), status.port, DATABASE);
  return roleUrl(PRODUCT, dir.postgresProductPassword, status.port, DATABASE);
}

const clusterOf = (dir: DataDir): Cluster => ({
  dir: dir.postgres,
  passwordFile: dir.postgresPassword,
  durable: true,
});

async function choosePort(file: string): Promise<number> {
  const before = Number(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : 0);
  if (before > 0 && (await listenFault("127.0.0.1", before)) === undefined) return before;
  const port = await firstFreePort(FIRST_PORT);
  fs.writeFileSync(file, `${port}\n`, { mode: 0o600 });
  return port;
}
