import fs from "node:fs";
import path from "node:path";
import { accountFor, commandAs, handOver } from "./account.ts";
import { postgresBinaries } from "./binaries.ts";
import { type Cluster, keptPassword, OWNER } from "./cluster.ts";

export type PostgresCommand = ReturnType<typeof postgresCommand>;

/** PostgreSQL writes no log of its own here but errors; a file above this is started anew. */
const MAX_LOG_BYTES = 8_000_000;

/** Command line that runs the cluster on 127.0.0.1:`port`, and where its output goes. */
export function postgresCommand(cluster: Cluster, port: number) {
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC"];
  if (!cluster.durable) settings.push("fsync=off", "synchronous_commit=off", "full_page_writes=off");
  const args = ["-D", cluster.dir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  return {
    ...commandAs(accountFor(cluster.dir), postgresBinaries().postgres, args),
    logFile: path.join(cluster.dir, "server.log"),
  };
}

/** Opens the log for appending; the caller closes the descriptor. */
export function openLog(cluster: Cluster): number {
  const file = path.join(cluster.dir, "server.log");
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const fd = fs.openSync(file, size > MAX_LOG_BYTES ? "w" : "a", 0o600);
  handOver(file, accountFor(cluster.dir));
  return fd;
}

/** What postmaster.pid says: undefined when there is no such file. */
export function serverStatus(dir: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const [pid, , , port, , , , state] = fs.readFileSync(path.join(dir, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(pid), port: Number(port), ready: state?.trim() === "ready" };
  } catch {
    return undefined;
  }
}

/** Connection string of the cluster's owner for `database`. */
export const ownerUrl = (cluster: Cluster, port: number, database: string): string =>
  roleUrl(OWNER, cluster.passwordFile, port, database);

/** Connection string of a role whose password is in a file, which is made when it is missing. */
export function roleUrl(role: string, passwordFile: string, port: number, database: string): string {
  const password = encodeURIComponent(keptPassword(passwordFile));
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
}
