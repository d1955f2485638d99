// The measurements. Each takes every target in turn, round after round, so that whatever else the machine does hits all
// alike, and keeps one figure a round.
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Generator } from "../load/generator.ts";
import type { Result } from "../load/jobs.ts";
import { ITEM_PATH, numbered } from "../support/items.ts";
import { cpuSeconds, memoryBytes, processTree } from "../support/usage.ts";
import { findProgram } from "../support/workshop.ts";
import type { Running, Setting, TargetKind } from "./targets.ts";

export const CONNECTIONS = 64;
const PACED_PER_SECOND = 2_000;
const STREAM_BYTES = 64 * 2 ** 20;
const STREAM_CONNECTIONS = 8;
const GIGABYTE = 1e9;

export interface Candidate {
  kind: TargetKind;
  running: Running;
}
/** Figure name → one value per round. */
export type Figures = Map<string, number[]>;
/** Target name → its figures. `direct` is the node itself. */
export type AllFigures = Map<string, Figures>;
export const DIRECT = "direct";

export function note(all: AllFigures, target: string, figure: string, value: number): void {
  const figures = all.get(target) ?? new Map<string, number[]>();
  all.set(target, figures);
  figures.set(figure, [...(figures.get(figure) ?? []), value]);
}

/** Processor seconds that the target's processes use while `work` is done. */
async function withCpu<T>(running: Running, work: () => Promise<T>): Promise<{ cpuS: number; value: T }> {
  const pids = running.pids.flatMap(processTree);
  const before = cpuSeconds(pids);
  const value = await work();
  return { cpuS: cpuSeconds(pids) - before, value };
}

export interface Bench {
  generator: Generator;
  candidates: Candidate[];
  setting: Setting;
  seconds: number;
  rounds: number;
  all: AllFigures;
  say(text: string): void;
}

const target = (port: number) => ({ host: "127.0.0.1", port });

/** Small answers as fast as they come, every one checked: processor time and throughput. */
export async function smallAnswers(bench: Bench): Promise<void> {
  const { generator, candidates, all, seconds } = bench;
  for (const { kind, running } of candidates) {
    const job = { kind: "closed" as const, ...target(running.port), connections: CONNECTIONS, ms: seconds * 1_000 };
    const { cpuS, value } = await withCpu(running, () => generator.runChecked(job, kind.name));
    note(all, kind.name, "cpuUs", (cpuS * 1e6) / value.requests);
    note(all, kind.name, "perSecond", (value.requests * 1_000) / value.ms);
    bench.say(`${kind.name}: ${((cpuS * 1e6) / value.requests).toFixed(1)} µs CPU per request`);
  }
}

/** Latency at a rate that none finds hard, beside the node's own. */
export async function latency(bench: Bench): Promise<void> {
  const { generator, candidates, all, setting, seconds } = bench;
  const measure = (port: number, name: string): Promise<Result> =>
    generator.runChecked(
      { kind: "paced", ...target(port), connections: 32, ms: seconds * 500, perSecond: PACED_PER_SECOND },
      name,
    );
  const direct = await measure(setting.nodePort, DIRECT);
  note(all, DIRECT, "p50Ms", direct.p50Ms);
  note(all, DIRECT, "p99Ms", direct.p99Ms);
  for (const { kind, running } of candidates) {
    const { p50Ms, p99Ms } = await measure(running.port, kind.name);
    note(all, kind.name, "p50Ms", p50Ms);
    note(all, kind.name, "p99Ms", p99Ms);
  }
}

/** Large answers, every byte checked. */
export async function streaming(bench: Bench): Promise<void> {
  const { generator, candidates, all, seconds } = bench;
  for (const { kind, running } of candidates) {
    const job = {
      kind: "stream" as const,
      ...target(running.port),
      connections: STREAM_CONNECTIONS,
      bytes: STREAM_BYTES,
    };
    const { cpuS, value } = await withCpu(running, () =>
      generator.runChecked({ ...job, ms: seconds * 500 }, kind.name),
    );
    note(all, kind.name, "megabytesPerSecond", value.bytes / 1e6 / (value.ms / 1_000));
    note(all, kind.name, "cpuMsPerGigabyte", (cpuS * 1_000 * GIGABYTE) / value.bytes);
  }
}

/** wrk drives the proxy to its limit, where the checking generator is the slower of the two. Its answers are unchecked. */
export async function saturation(bench: Bench): Promise<void> {
  const wrk = findProgram("wrk");
  if (!wrk) return;
  const { otherCore } = bench.setting;
  for (const { kind, running } of bench.candidates) {
    const url = `http://127.0.0.1:${running.port}${ITEM_PATH}${numbered(1)}`;
    const args = [
      "-t1",
      `-c${CONNECTIONS}`,
      `-d${Math.max(1, Math.round(bench.seconds * 0.5))}s`,
      "-H",
      "Host: api.example.org",
      url,
    ];
    const pin = otherCore === undefined ? [] : ["taskset", "-c", String(otherCore)];
    const [file, ...rest] = [...pin, wrk, ...args] as [string, ...string[]];
    const { cpuS, value } = await withCpu(running, () => promisify(execFile)(file, rest));
    const requests = Number(/(\d+) requests in/.exec(value.stdout)?.[1]);
    if (/Non-2xx|Socket errors/.test(value.stdout)) throw new Error(`${kind.name} under wrk:\n${value.stdout}`);
    note(bench.all, kind.name, "saturatedPerSecond", Number(/Requests\/sec:\s+([\d.]+)/.exec(value.stdout)?.[1]));
    note(bench.all, kind.name, "saturatedCpuUs", (cpuS * 1e6) / requests);
  }
}

const SETTLE_MS = 700;

/** Memory that idle client connections cost, in a fresh process that has warmed up. */
export async function idleConnections(bench: Bench, kind: TargetKind, count: number): Promise<void> {
  const { generator, setting, all } = bench;
  const running = await kind.start(setting);
  if (!running) return;
  const job = target(running.port);
  await generator.runChecked({ kind: "closed", ...job, connections: 200, ms: 700 }, kind.name);
  await sleep(SETTLE_MS);
  const pids = running.pids.flatMap(processTree);
  const before = memoryBytes(pids);
  await generator.runChecked({ kind: "idle", ...job, connections: count }, kind.name);
  await sleep(SETTLE_MS);
  note(all, kind.name, "bytesPerIdle", (memoryBytes(pids) - before) / count);
  await generator.run({ kind: "close" });
  await running.stop();
}
