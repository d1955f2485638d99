// What a chart draws, from live figures or from a stored series: at most 300 points, and null where nothing was measured.
import type { MetricSeries } from "#lib/contracts/metrics.ts";
import { labelWidthPx } from "./label-width.ts";
import type { SeriesPoint } from "./live-store.ts";

export const MAX_POINTS = 300;

export type ChartPoint = {
  atMs: number;
  p50Ms: number | null;
  p90Ms: number | null;
  p99Ms: number | null;
  successPercent: number | null;
  successesPerSecond: number | null;
  failuresPerSecond: number | null;
  /** Of a canary: one figure of both arms. */
  control?: number | null;
  canary?: number | null;
  /** Of a node: shares of all its CPU and memory, or memory in bytes, and what waits there. */
  cpu?: number | null;
  memory?: number | null;
  memoryBytes?: number | null;
  backlog?: number | null;
  backlogMax?: number | null;
  /** Of a chosen measure: its lines, in their order (measures.ts). */
  line0?: number | null;
  line1?: number | null;
  line2?: number | null;
  line3?: number | null;
  line4?: number | null;
};

export const gap = (atMs: number): ChartPoint => ({
  atMs,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  successPercent: null,
  successesPerSecond: null,
  failuresPerSecond: null,
});

const inPercent = (ratio: number | null): number | null => (ratio === null ? null : ratio * 100);

/**
 * A point for each whole second of the range ending at `toMs`; a second without measurement is a gap.
 * @param stored has what the stream did not tell
 */
export function livePoints(
  series: readonly SeriesPoint[],
  toMs: number,
  rangeMs: number,
  stored?: MetricSeries,
): ChartPoint[] {
  const byMs = new Map(series.map((point) => [point.atMs, point.figures]));
  const storedByMs = new Map(stored && storedPoints(stored).map((point) => [point.atMs, point]));
  const count = Math.min(MAX_POINTS, Math.floor(rangeMs / 1_000));
  return Array.from({ length: count }, (_, index) => {
    const atMs = toMs - (count - 1 - index) * 1_000;
    const figures = byMs.get(atMs);
    if (!figures) return storedByMs.get(atMs) ?? gap(atMs);
    const { p50Ms, p90Ms = null, p99Ms, successRatio, requestsPerSecond, failuresPerSecond } = figures;
    return {
      atMs,
      p50Ms,
      p90Ms,
      p99Ms,
      successPercent: inPercent(successRatio),
      failuresPerSecond,
      successesPerSecond: Math.max(0, requestsPerSecond - failuresPerSecond),
    };
  });
}

/** The points of a stored series. */
export function storedPoints(series: MetricSeries): ChartPoint[] {
  return series.points.map(({ atMs, p50Ms, p90Ms, p99Ms, successRatio, successesPerSecond, failuresPerSecond }) => ({
    atMs,
    p50Ms,
    p90Ms,
    p99Ms,
    successPercent: inPercent(successRatio),
    successesPerSecond,
    failuresPerSecond,
  }));
}

/** Something that happened, as a line on a chart. */
export type Annotation = { key: string; atMs: number; text: string; tone: "accent" | "bad" | "drain" };
/** `row` counts from the top; null: there is no room for the label. */
export type PlacedAnnotation = Annotation & { row: number | null; side: "right" | "left" };

const LABEL_ROWS = 2;
/** Font size of labels (plot.module.css), and what is left free beside one. */
const LABEL_FONT_PX = 10.5;
const LABEL_GAP_PX = 13;
/** Lines closer than this are one line, which says how many more it stands for. */
const CLUSTER_PX = 8;

/** Annotations of one tone that fall on the same place become the newest of them, with the number of the others. */
function cluster(sorted: readonly Annotation[], pxPerMs: number): Annotation[] {
  const groups: Annotation[][] = [];
  for (const annotation of sorted) {
    const near = groups.findLast(
      ([first]) => first?.tone === annotation.tone && (annotation.atMs - first.atMs) * pxPerMs < CLUSTER_PX,
    );
    if (near) near.push(annotation);
    else groups.push([annotation]);
  }
  return groups.flatMap((group) => {
    const newest = group.at(-1);
    if (!newest) return [];
    return [group.length === 1 ? newest : { ...newest, text: `${newest.text} (+${group.length - 1})` }];
  });
}

/**
 * Puts the labels of a chart into rows where they do not cover each other, right of their line or else left of it; a label
 * without room is left out, its line stays.
 */
export function placeAnnotations(
  annotations: readonly Annotation[],
  [fromMs, toMs]: readonly [number, number],
  widthPx: number,
): PlacedAnnotation[] {
  const ends = Array.from({ length: LABEL_ROWS }, () => 0);
  const pxPerMs = widthPx / (toMs - fromMs);
  const visible = annotations.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return cluster(
    visible.toSorted((a, b) => a.atMs - b.atMs),
    pxPerMs,
  ).map((annotation) => {
    const linePx = (annotation.atMs - fromMs) * pxPerMs;
    const lengthPx = labelWidthPx(annotation.text, LABEL_FONT_PX) + LABEL_GAP_PX;
    for (const side of ["right", "left"] as const) {
      const startPx = side === "right" ? linePx : linePx - lengthPx;
      const row = ends.findIndex((end) => end <= startPx);
      if (row < 0 || startPx + lengthPx > widthPx + LABEL_GAP_PX / 2) continue;
      ends[row] = startPx + lengthPx;
      return { ...annotation, row, side };
    }
    return { ...annotation, row: null, side: "right" };
  });
}

/** Times of the axis: whole multiples of a round step, at most about seven. */
export function timeTicks([fromMs, toMs]: readonly [number, number]): number[] {
  const minute = 60_000;
  const minutes = [1 / 6, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200];
  const steps = minutes.map((m) => m * minute);
  const step = steps.find((each) => (toMs - fromMs) / each <= 7) ?? 7_200 * minute;
  const first = Math.ceil(fromMs / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((toMs - first) / step) + 1) }, (_, i) => first + i * step);
}
