import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { accountFor, commandAs, handOver, letThrough } from "./account.ts";
import { postgresBinaries } from "./binaries.ts";

export const OWNER = "postgres";

/** Where a cluster lives. `durable: false` trades safety in a crash for speed: for tests only. */
export type Cluster = { dir: string; passwordFile: string; durable: boolean };

/** The password that a file holds; made, with mode 0600, when there is none. */
export function keptPassword(file: string): string {
  try {
    fs.writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8").trim();
}

/** Makes the cluster unless it is there. An initdb that was killed halfway leaves only `<dir>.new`, which is redone. */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  letThrough(path.dirname(cluster.dir), accountFor(cluster.dir));
  if (fs.existsSync(path.join(cluster.dir, "PG_VERSION"))) {
    if (!fs.existsSync(cluster.passwordFile))
      throw new Error(`The database in ${cluster.dir} is there, but its password file ${cluster.passwordFile} is gone`);
    return;
  }
  const fresh = `${cluster.dir}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.rmSync(cluster.dir, { recursive: true, force: true });
  fs.mkdirSync(fresh, { recursive: true, mode: 0o700 });
  await initialise(fresh, cluster);
  fs.renameSync(fresh, cluster.dir);
}

async function initialise(dir: string, { passwordFile, durable }: Cluster): Promise<void> {
  const account = accountFor(dir);
  // A copy for initdb alone: the account that runs it may not be the one that owns the password file.
  const pwfile = `${dir}.pw`;
  fs.writeFileSync(pwfile, keptPassword(passwordFile), { mode: 0o600 });
  handOver(pwfile, account);
  handOver(dir, account);
  const args = ["-D", dir, "-U", OWNER, "--auth=scram-sha-256", `--pwfile=${pwfile}`, "--encoding=UTF8", "--locale=C"];
  const command = commandAs(account, postgresBinaries().initdb, durable ? args : [...args, "--no-sync"]);
  try {
    const child = spawn(command.file, command.args, { ...command.ids, cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
    const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    if (code !== 0) throw new Error(`initdb failed for ${dir}:\n${complaint.trim()}`);
  } finally {
    fs.rmSync(pwfile, { force: true });
  }
}
