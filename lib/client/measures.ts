// Everything that is counted, as charts of one measure each: which lines it has, and what they show of a stored series. What was not
// measured is a gap.
import type { MetricPoint, MetricPointDetail, MetricScope, MetricSeries } from "#lib/contracts/metrics.ts";
import { type ChartPoint, gap } from "./chart-points.ts";

export const MEASURES = [
  "load",
  "causes",
  "status",
  "repeats",
  "tail",
  "wait",
  "refused",
  "bytes",
  "connections",
  "connecting",
  "events",
] as const;
export type Measure = (typeof MEASURES)[number];

/** Nodes have no queue; which connections are open is of nodes, which routes and classes share. */
const NOT_OF: Readonly<Record<MetricScope, readonly Measure[]>> = {
  all: [],
  pool: [],
  node: ["wait", "refused"],
  route: ["connections"],
  class: ["connections"],
};
export const measuresOf = (scope: MetricScope): Measure[] => MEASURES.filter((each) => !NOT_OF[scope].includes(each));

/** So many causes have a line of their own; the rest is one line together. */
const MOST_CAUSES = 4;

type Value = (point: MetricPoint, detail: MetricPointDetail) => number | null;
export type LineName =
  | ("inFlight" | "queued" | "mean" | "p999")
  | ("status2" | "status3" | "status4" | "status5")
  | ("retries" | "hedges" | "aborted" | "bytesIn" | "bytesOut")
  | ("queueWait" | "queueRefused" | "queueTimedOut")
  | ("connections" | "opened" | "reused" | "connectFailed" | "ejections" | "breakerOpenings");
/** `cause`: failures of one cause, or, null, of the rest. */
export type MeasureLine = ({ name: LineName } | { cause: string | null }) & { value: Value };

const status = (digit: 2 | 3 | 4 | 5): MeasureLine => ({
  name: `status${digit}`,
  value: (_, { statusPerSecond }) => statusPerSecond[digit - 1] ?? 0,
});
const detail = (name: LineName, of: (detail: MetricPointDetail) => number | null): MeasureLine => ({
  name,
  value: (_, told) => of(told),
});

const FIXED: Readonly<Record<Exclude<Measure, "causes">, readonly MeasureLine[]>> = {
  load: [
    { name: "inFlight", value: ({ inFlight }) => inFlight },
    { name: "queued", value: ({ queued }) => queued },
  ],
  status: [status(2), status(3), status(4), status(5)],
  repeats: [
    detail("retries", (told) => told.retriesPerSecond),
    detail("hedges", (told) => told.hedgesPerSecond),
    detail("aborted", (told) => told.abortedPerSecond),
  ],
  tail: [
    { name: "mean", value: ({ meanMs }) => meanMs },
    { name: "p999", value: ({ p999Ms }) => p999Ms },
  ],
  wait: [detail("queueWait", (told) => told.queueWaitMs)],
  refused: [
    detail("queueRefused", (told) => told.queueRefusedPerSecond),
    detail("queueTimedOut", (told) => told.queueTimedOutPerSecond),
  ],
  bytes: [detail("bytesIn", (told) => told.bytesInPerSecond), detail("bytesOut", (told) => told.bytesOutPerSecond)],
  connections: [detail("connections", (told) => told.connections)],
  connecting: [
    detail("opened", (told) => told.connectionsOpenedPerSecond),
    detail("reused", (told) => told.connectionsReusedPerSecond),
    detail("connectFailed", (told) => told.connectionsFailedPerSecond),
  ],
  events: [detail("ejections", (told) => told.ejections), detail("breakerOpenings", (told) => told.breakerOpenings)],
};

/** Lines of a measure; of failures by cause those of the causes that the whole range has most of. */
export function linesOf(measure: Measure, series: MetricSeries | undefined): readonly MeasureLine[] {
  if (measure !== "causes") return FIXED[measure];
  const rates = Object.entries(series?.total.detail?.causesPerSecond ?? {}).toSorted(([, a], [, b]) => b - a);
  const shown = rates.slice(0, MOST_CAUSES).map(([cause]) => cause);
  const rest: Value = (_, { causesPerSecond }) =>
    Object.entries(causesPerSecond).reduce((sum, [cause, rate]) => (shown.includes(cause) ? sum : sum + rate), 0);
  return [
    ...shown.map(
      (cause): MeasureLine => ({
        cause,
        value: (_, { causesPerSecond }) => causesPerSecond[cause] ?? 0,
      }),
    ),
    ...(rates.length > shown.length ? [{ cause: null, value: rest }] : []),
  ];
}

export const LINE_FIELDS = ["line0", "line1", "line2", "line3", "line4"] as const;

export const measurePoints = (series: MetricSeries, lines: readonly MeasureLine[]): ChartPoint[] =>
  series.points.map((point) => {
    const drawn = gap(point.atMs);
    const told = point.detail;
    if (told) for (const [at, { value }] of lines.entries()) drawn[LINE_FIELDS[at] ?? "line4"] = value(point, told);
    return drawn;
  });
