// CPU, memory and queue out of what a node's endpoint told. Host metrics (node_exporter) come before those of the process, since
// node_exporter tells of its own process, too. CPU is a rate between two answers: after a counter's reset what it shows has been
// counted since (as Prometheus' rate() takes it), and the first answer has no rate at all.

import { checkDetail, longDetail } from "#lib/contracts/check-detail.ts";
import type { ResourceSettings } from "#lib/contracts/config/resources.ts";
import { parseSelector } from "#lib/contracts/config/series-selector.ts";
import type {
  BacklogReading,
  CpuReading,
  MemoryReading,
  ResourceMissing,
  ResourceReading,
} from "#lib/contracts/resources.ts";
import type { Exposition } from "./exposition.ts";
import type { Sample } from "./exposition-line.ts";
import { type CompiledSelector, compileSelector, selectSeries, seriesKey } from "./select-series.ts";

const SELECTED = [
  "cpuRatio",
  "cpuSeconds",
  "cpuCores",
  "processCpuSeconds",
  "memoryTotal",
  "memoryAvailable",
  "processMemory",
  "processMemoryLimit",
  "queueBacklog",
] as const satisfies (keyof ResourceSettings)[];
type Selected = (typeof SELECTED)[number];

/** What is read of an answer, made ready once for a pool's settings. */
export interface ReadingPlan {
  readonly selectors: Readonly<Record<Selected, CompiledSelector | null>>;
  /** Names of metrics; others need not be kept. */
  readonly wanted: ReadonlySet<string>;
  readonly processCores: number;
  readonly memoryLimitBytes: number;
}

export function readingPlan(settings: ResourceSettings): ReadingPlan {
  const compiled = SELECTED.map((name) => {
    const parsed = settings[name] === "" ? null : parseSelector(settings[name]);
    return [name, parsed === null || typeof parsed === "string" ? null : compileSelector(parsed)] as const;
  });
  const { processCores, memoryLimitBytes } = settings;
  return {
    selectors: Object.fromEntries(compiled) as Record<Selected, CompiledSelector | null>,
    wanted: new Set(compiled.flatMap(([, selector]) => selector?.name ?? [])),
    processCores,
    memoryLimitBytes,
  };
}

/** Busy seconds by series at one time, of a clock that never goes back. */
export interface CpuCounters {
  readonly of: "host" | "process";
  readonly atMs: number;
  readonly seconds: ReadonlyMap<string, number>;
}
export interface Read {
  readonly reading: ResourceReading;
  /** For the next answer; null: there are none. */
  readonly counters: CpuCounters | null;
}

/** Counters of before are of no use after this: the mean over so long would be told as what is now. */
const MAX_RATE_SPAN_MS = 600_000;

/** @param nowMs when the answer came, by a clock that never goes back; that of `before`, too */
export function readResources(answer: Exposition, plan: ReadingPlan, before: CpuCounters | null, nowMs: number): Read {
  const pick = (name: Selected): Sample[] => selectSeries(answer.samples, plan.selectors[name]);
  const absent = absence(answer);
  const { cpu, counters } = readCpu(pick, plan, before, nowMs, absent);
  return {
    reading: { cpu, memory: readMemory(pick, plan, absent), backlog: readBacklog(pick, plan, absent) },
    counters,
  };
}

type Pick = (name: Selected) => Sample[];
type Absent = { state: "missing"; reason: ResourceMissing; detail: string };
const missing = (reason: ResourceMissing, detail = ""): Absent => ({ state: "missing", reason, detail });

/** A series that is not there may have stood in a line that cannot be read. */
function absence({ faults, faultCount, sampleCount }: Exposition): Absent {
  const [first] = faults;
  if (first === undefined) return missing("not-found", sampleCount === 0 ? checkDetail("metrics-none") : "");
  const { line, message } = first;
  return missing("malformed", longDetail("metrics-line", { line, what: message, more: faultCount - 1 }));
}

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;
const sumOf = (samples: readonly Sample[]): number => samples.reduce((sum, { value }) => sum + value, 0);
const UNUSABLE = missing("unusable-value");

function readCpu(
  pick: Pick,
  plan: ReadingPlan,
  before: CpuCounters | null,
  nowMs: number,
  absent: Absent,
): { cpu: CpuReading; counters: CpuCounters | null } {
  const [gauge] = pick("cpuRatio");
  if (gauge) {
    const cpu: CpuReading = isAmount(gauge.value) ? { state: "known", ratio: gauge.value, of: "host" } : UNUSABLE;
    return { cpu, counters: null };
  }
  const host = pick("cpuSeconds");
  const cores = pick("cpuCores").length;
  const isHost = host.length > 0 && cores > 0;
  const series = isHost ? host : pick("processCpuSeconds");
  if (series.length === 0)
    return { cpu: configured(plan, ["cpuRatio", "cpuSeconds", "processCpuSeconds"], absent), counters: null };
  if (!series.every(({ value }) => isAmount(value))) return { cpu: UNUSABLE, counters: null };
  const counters: CpuCounters = {
    of: isHost ? "host" : "process",
    atMs: nowMs,
    seconds: new Map(series.map((sample) => [seriesKey(sample), sample.value])),
  };
  const busyRatio = rateOf(before, counters);
  if (busyRatio === null) return { cpu: missing("first-sample"), counters };
  const ratio = busyRatio / (isHost ? cores : plan.processCores);
  // Counters of a host are told a little before or after the time that we take: more than all is all.
  return { cpu: { state: "known", ratio: isHost ? Math.min(1, ratio) : ratio, of: counters.of }, counters };
}

/** Seconds a second of the series that both have; null when they cannot be compared. */
function rateOf(before: CpuCounters | null, now: CpuCounters): number | null {
  if (before === null || before.of !== now.of) return null;
  const spanMs = now.atMs - before.atMs;
  if (spanMs <= 0 || spanMs > MAX_RATE_SPAN_MS) return null;
  let common = 0;
  let seconds = 0;
  for (const [key, value] of now.seconds) {
    const earlier = before.seconds.get(key);
    if (earlier === undefined) continue;
    common++;
    seconds += value >= earlier ? value - earlier : value;
  }
  return common === 0 ? null : (seconds * 1_000) / spanMs;
}

function readMemory(pick: Pick, plan: ReadingPlan, absent: Absent): MemoryReading {
  const [total] = pick("memoryTotal");
  const [available] = pick("memoryAvailable");
  if (total && available) {
    if (!isAmount(available.value) || !(isAmount(total.value) && total.value > 0)) return UNUSABLE;
    return memoryOf(Math.max(0, total.value - available.value), total.value, "host");
  }
  const used = pick("processMemory");
  if (used.length === 0) return configured(plan, ["memoryTotal", "processMemory"], absent);
  const usedBytes = sumOf(used);
  if (!isAmount(usedBytes)) return UNUSABLE;
  return memoryOf(usedBytes, plan.memoryLimitBytes || limitOf(pick("processMemoryLimit")), "process");
}

/** Who has no limit tells a huge one, an infinite one, or none. */
const NO_LIMIT_FROM = 2 ** 60;
function limitOf([limit]: readonly Sample[]): number | null {
  return limit && limit.value > 0 && limit.value < NO_LIMIT_FROM ? limit.value : null;
}

/** @param limitBytes null: not known */
export const memoryOf = (
  usedBytes: number,
  limitBytes: number | null,
  of: "host" | "process" | "agent",
): MemoryReading => ({
  state: "known",
  usedBytes,
  limitBytes,
  ratio: limitBytes === null ? null : usedBytes / limitBytes,
  of,
});

function readBacklog(pick: Pick, plan: ReadingPlan, absent: Absent): BacklogReading {
  const series = pick("queueBacklog");
  if (series.length === 0) return configured(plan, ["queueBacklog"], absent);
  const waiting = sumOf(series);
  return isAmount(waiting) ? { state: "known", waiting } : UNUSABLE;
}

/** Why there is no series: none is set to be read, or the answer has none. */
const configured = ({ selectors }: ReadingPlan, names: readonly Selected[], absent: Absent): Absent =>
  names.some((name) => selectors[name] !== null) ? absent : missing("not-configured");
