// What processes cost, from Linux's /proc: processor time in user and kernel mode, and memory.
import { execFileSync } from "node:child_process";
import fs from "node:fs";

let ticksPerSecond = 0;
const ticks = (): number => {
  ticksPerSecond ||= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return ticksPerSecond;
};

interface ProcessStat {
  pid: number;
  parent: number;
  cpuTicks: number;
}

function statOf(pid: number): ProcessStat | null {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in parentheses and may hold anything; fields are counted after it.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}

/** The process and all that descend from it. */
export function processTree(root: number): number[] {
  const all = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== null);
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter((stat) => stat.parent === pid).map((stat) => stat.pid));
  return tree;
}

/** User and kernel time that the processes have used so far. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuTicks ?? 0), 0) / ticks();
}

/** Proportional set size: pages shared by several processes count once. */
export function memoryBytes(pids: readonly number[]): number {
  let kib = 0;
  for (const pid of pids) {
    const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    kib += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return kib * 1024;
}
