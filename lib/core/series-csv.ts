// A chart series as CSV (RFC 4180): a line a point, times in ISO 8601, an empty cell where nothing was measured.
import type { MetricPoint, MetricPointDetail, MetricSeries } from "#lib/contracts/metrics.ts";
import { csvCell } from "./audit/csv.ts";

type Cell = string | number | null | undefined;
type Column<T> = readonly [name: string, of: (from: T) => Cell];

const FIGURES = [
  "requestsPerSecond",
  "successesPerSecond",
  "failuresPerSecond",
  "successRatio",
  "meanMs",
  "p50Ms",
  "p90Ms",
  "p99Ms",
  "p999Ms",
  "inFlight",
  "queued",
] as const satisfies (keyof MetricPoint)[];
const DETAILS = [
  "retriesPerSecond",
  "hedgesPerSecond",
  "abortedPerSecond",
  "bytesInPerSecond",
  "bytesOutPerSecond",
  "connections",
  "connectionsOpenedPerSecond",
  "connectionsReusedPerSecond",
  "connectionsFailedPerSecond",
  "queueWaitMs",
  "queueRefusedPerSecond",
  "queueTimedOutPerSecond",
  "ejections",
  "breakerOpenings",
] as const satisfies (keyof MetricPointDetail)[];

const POINT: Column<MetricPoint>[] = [
  ["at", ({ atMs }) => new Date(atMs).toISOString()],
  ...FIGURES.map((name): Column<MetricPoint> => [name, (point) => point[name]]),
];
const DETAIL: Column<MetricPointDetail>[] = [
  ...[1, 2, 3, 4, 5].map(
    (digit): Column<MetricPointDetail> => [`status${digit}xxPerSecond`, (detail) => detail.statusPerSecond[digit - 1]],
  ),
  ...DETAILS.map((name): Column<MetricPointDetail> => [name, (detail) => detail[name]]),
];
/** Column of the failures by a cause. */
const causeColumn = (cause: string) => `failuresPerSecond:${cause}`;

/** @param hasDetail whether there are columns for everything that was counted, and one for each cause of failures in the range */
export function seriesCsv({ points, total }: MetricSeries, hasDetail: boolean): string {
  const causes = hasDetail ? Object.keys(total.detail?.causesPerSecond ?? {}).toSorted() : [];
  const details = hasDetail ? DETAIL : [];
  const names = [...POINT.map(([name]) => name), ...details.map(([name]) => name), ...causes.map(causeColumn)];
  const lines = points.map((point) => {
    const { detail } = point;
    return lineOf([
      ...POINT.map(([, of]) => of(point)),
      ...details.map(([, of]) => (detail ? of(detail) : null)),
      ...causes.map((cause) => (detail ? (detail.causesPerSecond[cause] ?? 0) : null)),
    ]);
  });
  return `${names.map(csvCell).join(",")}\r\n${lines.join("")}`;
}

// Numbers are none that a spreadsheet takes for formulas: no figure is negative.
const lineOf = (cells: readonly Cell[]): string => `${cells.map((cell) => csvCell(`${cell ?? ""}`)).join(",")}\r\n`;
