// A process number alone names nobody: it is given out again. Number and start time together do.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export type ProcessIdentity = { pid: number; startedAt: string };

/** Field of /proc/<pid>/stat after the name, which may hold spaces and brackets itself. */
const STATE = 0;
const START_TICKS = 19;

/** When `pid` started, as an opaque text; undefined when no such process lives (a zombie does not). */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") return ps(pid, "lstart");
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[STATE] === "Z" || fields[STATE] === "X") return undefined;
    return `${fs.readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}/${fields[START_TICKS]}`;
  } catch {
    return undefined;
  }
}

/** Command line of `pid`, arguments separated by spaces; empty when it cannot be read. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform !== "linux") return ps(pid, "command") ?? "";
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

const ps = (pid: number, field: string): string | undefined =>
  execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;

export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startTimeOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export const isRunning = (identity: ProcessIdentity): boolean => startTimeOf(identity.pid) === identity.startedAt;

/** Signals the process and, where it leads one, its whole group; what is gone already is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Ends a process that is not our child: each signal in turn, with the time it gets. */
export async function endProcess(
  identity: ProcessIdentity,
  steps: readonly { signal: NodeJS.Signals; graceMs: number }[],
): Promise<void> {
  for (const { signal, graceMs } of steps) {
    if (!isRunning(identity)) return;
    signalGroup(identity.pid, signal);
    const deadline = performance.now() + graceMs;
    while (isRunning(identity) && performance.now() < deadline) await sleep(20);
  }
}
