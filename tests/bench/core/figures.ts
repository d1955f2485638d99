import { median } from "../support/report.ts";

/** Processor time of this process, in nanoseconds: what else the machine does is not in it. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1_000;
}

/** Nanoseconds that one of `times` calls takes. */
function nsPerCall(call: () => void, times: number): number {
  const before = cpuNs();
  for (let i = 0; i < times; i++) call();
  return (cpuNs() - before) / times;
}

/** Medians over rounds in which each call is measured in turn, after as much warm-up. */
export function nsPerCalls(calls: readonly (() => void)[], times: number, rounds: number): number[] {
  const taken = calls.map((): number[] => []);
  for (let round = 0; round < 2 * rounds; round++)
    for (const [i, call] of calls.entries()) {
      const ns = nsPerCall(call, times);
      if (round >= rounds) taken[i]?.push(ns);
    }
  return taken.map(median);
}
