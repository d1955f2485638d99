// Where the figures of a chart lie, in px. What draws the lines and what lies above them (crosshair, piece to zoom into,
// annotations) reckon by the same scale, so that a chart drawn each second needs no library to agree with itself.
import { type ChartPoint, timeTicks } from "./chart-points.ts";

export type Domain = readonly [number, number];
export type Field = Exclude<keyof ChartPoint, "atMs">;

/** Height of every chart over time, known before what draws it has come. */
export const PLOT_HEIGHT = 214;
/** Around the plot: labels of annotations above, values left, times below. */
export const PLOT_EDGE = { top: 30, right: 8, bottom: 20, left: 44 } as const;
const BOTTOM = PLOT_HEIGHT - PLOT_EDGE.bottom;
const TICKS = 4;

export type Scale = {
  domain: Domain;
  widthPx: number;
  /** Values of the axis, the lowest first; the plot reaches from the first to the last. */
  ticks: readonly number[];
  x: (atMs: number) => number;
  y: (value: number) => number;
  /** The instant at a place, within the domain. */
  at: (px: number) => number;
};

const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 10];

/** The next number from `least` on that people read easily, whatever its power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (STEPS.find((step) => step * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** Values of an axis from zero to at least `highest`. */
export function ticksFromZero(highest: number): number[] {
  const step = highest > 0 && Number.isFinite(highest) ? roundStep(highest / TICKS) : 1;
  return Array.from({ length: TICKS + 1 }, (_, index) => round(index * step));
}

/** Values of an axis of percentages: 100 is the top, the rest is as far down as the lowest asks for. */
export function ticksToHundred(lowest: number): number[] {
  const step = Math.min(25, roundStep(Math.max((100 - lowest) / TICKS, 0.25)));
  return Array.from({ length: TICKS + 1 }, (_, index) => round(Math.max(0, 100 - (TICKS - index) * step)));
}

/** Without the dust of binary fractions. */
const round = (value: number): number => Number(value.toPrecision(12));

/** Every value that is drawn. */
export function* valuesOf(series: readonly (readonly ChartPoint[])[], fields: readonly Field[]): Generator<number> {
  for (const points of series)
    for (const point of points)
      for (const field of fields) {
        const value = point[field];
        if (value !== null && value !== undefined) yield value;
      }
}

export function makeScale(domain: Domain, ticks: readonly number[], widthPx: number): Scale {
  const [fromMs, toMs] = domain;
  const plotPx = Math.max(1, widthPx - PLOT_EDGE.left - PLOT_EDGE.right);
  const spanMs = Math.max(1, toMs - fromMs);
  const low = ticks[0] ?? 0;
  const span = (ticks.at(-1) ?? 1) - low || 1;
  return {
    domain,
    widthPx,
    ticks,
    x: (atMs) => PLOT_EDGE.left + ((atMs - fromMs) / spanMs) * plotPx,
    y: (value) => BOTTOM - ((value - low) / span) * (BOTTOM - PLOT_EDGE.top),
    at: (px) => fromMs + Math.min(1, Math.max(0, (px - PLOT_EDGE.left) / plotPx)) * spanMs,
  };
}

/** Half of a time's width: nearer to the right edge it would be cut. */
const HALF_LABEL_PX = 16;
/** The times that stand below a plot. */
export const timesFor = ({ domain, widthPx, x }: Scale): number[] =>
  timeTicks(domain).filter((atMs) => x(atMs) <= widthPx - HALF_LABEL_PX);

type Stretch = { atMs: number; value: number }[];

/** Neighbours that were measured, within the domain. */
function stretches(points: readonly ChartPoint[], field: Field, [fromMs, toMs]: Domain): Stretch[] {
  const found: Stretch[] = [];
  let open: Stretch | undefined;
  for (const point of points) {
    const value = point[field] ?? null;
    if (value === null || point.atMs < fromMs || point.atMs > toMs) {
      open = undefined;
      continue;
    }
    if (!open) {
      open = [];
      found.push(open);
    }
    open.push({ atMs: point.atMs, value });
  }
  return found;
}

/**
 * SVG paths of one figure: its line, broken where nothing was measured, and the area below it. A point without neighbours
 * is a dash of its own: a line of no length is not seen.
 */
export function pathsOf(points: readonly ChartPoint[], field: Field, scale: Scale): { line: string; area: string } {
  const { x, y, ticks } = scale;
  const base = y(ticks[0] ?? 0).toFixed(1);
  let line = "";
  let area = "";
  for (const stretch of stretches(points, field, scale.domain)) {
    const first = stretch[0] as Stretch[number];
    const last = stretch.at(-1) as Stretch[number];
    const places = stretch.map(({ atMs, value }) => `${x(atMs).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
    line += `M${places}${stretch.length === 1 ? "h1.5" : ""}`;
    area += `M${x(first.atMs).toFixed(1)} ${base}L${places}L${x(last.atMs).toFixed(1)} ${base}Z`;
  }
  return { line, area };
}

/** The point nearest to an instant; `points` are sorted by time. */
export function nearestPoint(points: readonly ChartPoint[], atMs: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as ChartPoint).atMs < atMs) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1];
  const after = points[low];
  return before && after && atMs - before.atMs <= after.atMs - atMs ? low - 1 : low;
}

/** Points of an earlier time, moved to where the present ones lie. */
export const movedBy = (points: readonly ChartPoint[], byMs: number): ChartPoint[] =>
  points.map((point) => ({ ...point, atMs: point.atMs + byMs }));
