// A heat map of nodes over time: which colour a value has, which node comes first. Colours are steps of lightness of one hue,
// which every kind of sight and both themes tell apart; what a step stands for is written below the map.
import type { HeatMap } from "#lib/contracts/heat-map.ts";

/** Height of a row, px. */
export const HEAT_ROW_PX = 16;
export const HEAT_FIGURES = ["latency", "errors"] as const;
export type HeatFigure = (typeof HEAT_FIGURES)[number];
/** Lower bounds of the levels above the first. */
export type HeatBounds = readonly [number, number, number, number];
/** 0 is the palest. */
export type HeatLevel = 0 | 1 | 2 | 3 | 4;

/** Shares of failures that mean something to people. */
const ERROR_BOUNDS: HeatBounds = [0.001, 0.01, 0.05, 0.25];

export type HeatRow = { nodeId: string; name: string; values: readonly (number | null)[] };

/** Rows of the figure, the node with the worst value first. */
export function heatRowsOf(map: HeatMap, figure: HeatFigure): HeatRow[] {
  const rows = map.nodes.map(({ nodeId, name, p99Ms, errorRatio }) => ({
    nodeId,
    name,
    values: figure === "latency" ? p99Ms : errorRatio,
  }));
  const worst = (row: HeatRow) => Math.max(-1, ...row.values.filter((value) => value !== null));
  return rows
    .map((row) => ({ row, worst: worst(row) }))
    .sort((a, b) => b.worst - a.worst || a.row.name.localeCompare(b.row.name))
    .map(({ row }) => row);
}

/** Two digits are as many as a legend bears. */
const rounded = (value: number): number => Number(value.toPrecision(2));

/** Bounds for latencies lie at even ratios between the least and the greatest: half a second is far from 50 ms, not from 450. */
export function boundsOf(rows: readonly HeatRow[], figure: HeatFigure): HeatBounds {
  if (figure === "errors") return ERROR_BOUNDS;
  const values = rows.flatMap((row) => row.values.filter((value) => value !== null && value > 0)) as number[];
  if (values.length === 0) return [10, 50, 200, 1_000];
  const least = values.reduce((a, b) => Math.min(a, b));
  // Calm times must look calm: what differs little is not dark.
  const greatest = Math.max(
    values.reduce((a, b) => Math.max(a, b)),
    least * 4,
  );
  const at = (step: number) => rounded(least * (greatest / least) ** (step / 5));
  return [at(1), at(2), at(3), at(4)];
}

export function levelOf(value: number, bounds: HeatBounds): HeatLevel {
  let level = 0;
  while (level < bounds.length && value >= (bounds[level] as number)) level++;
  return level as HeatLevel;
}
