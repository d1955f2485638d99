// Dropping packets needs a network that is ours: the benchmark starts itself again inside a network namespace.
import { spawn, spawnSync } from "node:child_process";
import { findProgram } from "../support/workshop.ts";

const MARK = "GB_BENCH_NAMESPACE";
const SET_UP = 'ip link set lo up && exec "$0" "$@"';

export const isInNamespace = (): boolean => process.env[MARK] === "1";

/** Why no network namespace with packet filter can be had; or how. */
export function namespaceWay(): { unshare: string[] } | { missing: string } {
  const missing = ["unshare", "ip", "nft"].filter((name) => !findProgram(name));
  if (missing.length > 0)
    return { missing: `${missing.join(", ")} not installed (apt-get install util-linux iproute2 nftables)` };
  const isRoot = process.getuid?.() === 0;
  for (const unshare of isRoot ? [["-n"]] : [["-r", "-n"]]) {
    const trial = spawnSync("unshare", [...unshare, "sh", "-c", 'ip link set lo up && nft "add table inet trial"'], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    if (trial.status === 0) return { unshare };
  }
  return { missing: "this user may not make network namespaces (run as root)" };
}

/** Runs this program again inside; resolves with its exit code. */
export function runInNamespace(unshare: string[]): Promise<number> {
  const child = spawn("unshare", [...unshare, "sh", "-c", SET_UP, process.execPath, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, [MARK]: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}
