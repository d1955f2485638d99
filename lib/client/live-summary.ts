// What the stat cards say about the last five minutes.
import type { FigureName, SeriesPoint } from "./live-store.ts";

const SPAN_MS = 5_000;

/**
 * Values of one figure for a sparkline, a place for every 5 s from the first to the last measurement; null where nothing
 * was measured. Of each span its worst value is kept: a mean would hide a spike, and percentiles are never averaged.
 */
export function valuesOf(
  series: readonly SeriesPoint[],
  field: FigureName,
  worst: "highest" | "lowest" = "highest",
): (number | null)[] {
  const first = series[0];
  const last = series.at(-1);
  if (!first || !last) return [];
  const firstSpan = Math.floor(first.atMs / SPAN_MS);
  const values = new Array<number | null>(Math.floor(last.atMs / SPAN_MS) - firstSpan + 1).fill(null);
  const worse = worst === "highest" ? Math.max : Math.min;
  for (const { atMs, figures } of series) {
    const span = Math.floor(atMs / SPAN_MS) - firstSpan;
    const value = figures[field];
    if (value !== null) values[span] = worse(values[span] ?? value, value);
  }
  return values;
}

/** The highest value and when it was; undefined while there is none above zero. */
export function peakOf(series: readonly SeriesPoint[], field: FigureName): { value: number; atMs: number } | undefined {
  let peak: { value: number; atMs: number } | undefined;
  for (const { atMs, figures } of series) {
    const value = figures[field];
    if (value !== null && value > (peak?.value ?? 0)) peak = { value, atMs };
  }
  return peak;
}

/** Requests that failed within the series. */
export const failuresOf = (series: readonly SeriesPoint[]): number =>
  Math.round(series.reduce((sum, point) => sum + point.figures.failuresPerSecond, 0));
