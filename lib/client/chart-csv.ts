// What a chart shows, as a table for spreadsheets: times in UTC as ISO 8601, a missing measurement as an empty cell.
import type { ChartPoint } from "./chart-points.ts";
import { type Field, nearestPoint } from "./plot.ts";

type Columns = readonly { field: Field; label: string }[];
export type ChartTable = {
  points: readonly ChartPoint[];
  columns: Columns;
  timeLabel: string;
  /** The period before, moved to where the points lie: as columns of their own. */
  before?: { points: readonly ChartPoint[]; label: (column: string) => string } | undefined;
};

/** Spreadsheets take a file without it for one of the machine's own alphabet. */
const BYTE_ORDER_MARK = "\uFEFF";

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const cell = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(Number(value.toFixed(3)));

/** RFC 4180, with a byte order mark. */
export function chartCsv({ points, columns, timeLabel, before }: ChartTable): string {
  const labels = columns.map(({ label }) => label);
  const head = [timeLabel, ...labels, ...(before ? labels.map(before.label) : [])].map(quoted);
  const rows = points.map((point) => {
    const earlier = before?.points[nearestPoint(before.points, point.atMs)];
    return [
      new Date(point.atMs).toISOString(),
      ...columns.map(({ field }) => cell(point[field])),
      ...(before ? columns.map(({ field }) => cell(earlier?.[field])) : []),
    ];
  });
  return BYTE_ORDER_MARK + [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
