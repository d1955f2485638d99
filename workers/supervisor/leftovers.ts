import { rmSync } from "node:fs";
import path from "node:path";
import type { DataDir } from "#lib/store/data-dir.ts";
import { say } from "./log.ts";
import { serverStatus } from "./postgres/server.ts";
import { commandLineOf, endProcess, identify } from "./process-identity.ts";
import type { ChildRecord } from "./state-file.ts";
import { STOP_CHILD, STOP_POSTGRES } from "./stop-steps.ts";

/**
 * Ends what a killed supervisor left: its children first, PostgreSQL last. PostgreSQL is looked for in its own pid file
 * too, and only ended when its command line names our data directory.
 */
export async function endLeftovers(dir: DataDir, leftovers: ChildRecord[]): Promise<void> {
  const children = leftovers.filter(({ name }) => name !== "PostgreSQL");
  if (children.length > 0) say(`Ending what an earlier run left: ${children.map(({ name }) => name).join(", ")}`);
  await Promise.all(children.map((child) => endProcess(child, STOP_CHILD)));
  const postmaster = serverStatus(dir.postgres);
  if (postmaster === undefined) return;
  const identity = identify(postmaster.pid);
  if (identity && runsOn(postmaster.pid, dir.postgres)) {
    say(`Ending the PostgreSQL that an earlier run left (process ${postmaster.pid})`);
    await endProcess(identity, STOP_POSTGRES);
  } else if (identity) {
    // Somebody else got the number: PostgreSQL would take that process for a running server.
    rmSync(path.join(dir.postgres, "postmaster.pid"), { force: true });
  }
}

const runsOn = (pid: number, dir: string): boolean => {
  const commandLine = commandLineOf(pid);
  return commandLine.includes("postgres") && commandLine.includes(` -D ${dir} `);
};
