// PostgreSQL refuses to run as root. Three ways out, best first: a user namespace makes root another user to PostgreSQL
// alone, so that its files stay root's; where namespaces are forbidden (many containers), another account that keeps the
// right to enter root's private folders; else that account alone.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** How to run a PostgreSQL program: `prefix` goes before its command line. */
export type Account = { prefix: string[]; uid?: number; gid?: number };

const IN_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"];

const works = (command: string[]): boolean => {
  const [file = "", ...args] = [...command, "true"];
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
};

/**
 * The account for the cluster in `dir` (which need not exist yet).
 * @throws {Error} when PostgreSQL cannot run for this user at all.
 */
export function accountFor(dir: string): Account {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = fs.statSync(path.join(dir, "PG_VERSION"), { throwIfNoEntry: false })?.uid ?? 0;
  if (owner === 0 && works(IN_NAMESPACE)) return { prefix: IN_NAMESPACE };
  const ids = owner === 0 ? serviceIds() : { uid: owner, gid: fs.statSync(dir).gid };
  const switched = [
    "setpriv",
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  return works(switched) ? { ...ids, prefix: switched } : { ...ids, prefix: [] };
}

function serviceIds(): { uid: number; gid: number } {
  for (const user of ["postgres", "nobody"]) {
    const id = (flag: string) => Number(execFileSync("id", [flag, user], { stdio: ["ignore", "pipe", "ignore"] }));
    try {
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // no such user: try the next
    }
  }
  throw new Error("PostgreSQL cannot run as root, and there is neither a postgres nor a nobody user to run it as");
}

/** Gives `file` to the account, where it is another one than ours. */
export function handOver(file: string, account: Account): void {
  if (account.uid !== undefined) fs.chownSync(file, account.uid, account.gid ?? account.uid);
}

/** Lets a mere other account through the folder above its own; what else is in there stays closed by its own modes. */
export function letThrough(folder: string, account: Account): void {
  if (account.uid !== undefined && account.prefix.length === 0) fs.chmodSync(folder, 0o711);
}

/** Command line and spawn options of a PostgreSQL program under the account. */
export function commandAs(account: Account, program: string, args: string[]) {
  const [file = program, ...rest] = [...account.prefix, program, ...args];
  // setpriv switches the user itself: it must still be root when it starts.
  const ids = account.prefix.length > 0 ? {} : { uid: account.uid, gid: account.gid };
  return { file, args: rest, ids };
}
