import { median } from "../support/report.ts";

/** Processor time of this thread, in nanoseconds: what else the machine does is not in it, nor what compiles and collects beside. */
export function cpuNs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1_000;
}

/** Measured anew, twice at most, while `isOver`: whoever else uses the caches and the memory makes it dearer, and nobody cheaper. */
export function withoutNoise<T>(measure: () => T, isOver: (figures: T) => boolean): T {
  let figures = measure();
  for (let again = 0; again < 2 && isOver(figures); again++) figures = measure();
  return figures;
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
