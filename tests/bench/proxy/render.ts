import { machine, median, table } from "../support/report.ts";
import { type AllFigures, type Candidate, CONNECTIONS, DIRECT } from "./phases.ts";
import { PRODUCT } from "./targets.ts";

export interface Conditions {
  rounds: number;
  seconds: number;
  idleCount: number;
  isPinned: boolean;
}

const NONE = "–";

/** The comparison as Markdown: medians over the rounds, and how this product stands to each other. */
export function render(all: AllFigures, candidates: readonly Candidate[], conditions: Conditions): string {
  const figure = (target: string, name: string): number | null => {
    const values = all.get(target)?.get(name);
    return values && values.length > 0 ? median(values) : null;
  };
  const show = (value: number | null, digits: number) => (value === null ? NONE : value.toFixed(digits));
  const added = (target: string, name: string) => {
    const [through, direct] = [figure(target, name), figure(DIRECT, name)];
    return through === null || direct === null ? null : through - direct;
  };
  const rows = candidates.map(({ kind: { name } }) => [
    name,
    show(figure(name, "cpuUs"), 1),
    show(figure(name, "perSecond"), 0),
    show(figure(name, "saturatedCpuUs"), 1),
    show(figure(name, "saturatedPerSecond"), 0),
    show(added(name, "p50Ms"), 2),
    show(added(name, "p99Ms"), 2),
    show((figure(name, "bytesPerIdle") ?? Number.NaN) / 1_000, 1),
    show(figure(name, "megabytesPerSecond"), 0),
    show(figure(name, "cpuMsPerGigabyte"), 0),
  ]);
  const head = [
    "proxy",
    "CPU µs/request",
    "requests/s",
    "CPU µs, saturated",
    "requests/s, saturated",
    "added P50 ms",
    "added P99 ms",
    "kB/idle connection",
    "stream MB/s",
    "CPU ms/GB",
  ];
  return [described(conditions), table(head, rows), ratios(figure, candidates)].join("\n\n");
}

function described({ rounds, seconds, idleCount, isPinned }: Conditions): string {
  const day = new Date().toISOString().slice(0, 10);
  const pinned = isPinned
    ? "the proxy bound to one core, node and load generator to another"
    : "processes not bound to cores";
  return (
    `Measured ${day} on ${machine()}; ${pinned}. Medians of ${rounds} interleaved rounds of ${seconds} s; ` +
    `${CONNECTIONS} keep-alive connections, 256-byte answers, every answer checked, except under wrk (“saturated”). ` +
    `Memory over ${idleCount.toLocaleString("en")} idle keep-alive connections.`
  );
}

type Figure = (target: string, name: string) => number | null;

function ratios(figure: Figure, candidates: readonly Candidate[]): string {
  const others = candidates.map(({ kind }) => kind.name).filter((name) => name !== PRODUCT);
  const row = (title: string, name: string) => [
    title,
    ...others.map((other) => {
      const [own, theirs] = [figure(PRODUCT, name), figure(other, name)];
      return own === null || theirs === null ? NONE : `${(own / theirs).toFixed(2)} ×`;
    }),
  ];
  return table(
    [`${PRODUCT} against`, ...others],
    [
      row("CPU time per request", "cpuUs"),
      row("CPU time per request, saturated", "saturatedCpuUs"),
      row("memory per idle connection", "bytesPerIdle"),
      row("CPU time per streamed GB", "cpuMsPerGigabyte"),
    ],
  );
}
