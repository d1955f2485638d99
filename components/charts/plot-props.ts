import type { ChartPoint } from "#lib/client/chart-points.ts";
import type { Scale } from "#lib/client/plot.ts";
import type { Line } from "./lines.ts";

/** What the lines of a chart are drawn from, by whichever means. */
export type PlotProps = {
  points: ChartPoint[];
  /** The period before, moved to where the present one lies: dashed. */
  previous: readonly ChartPoint[] | undefined;
  scale: Scale;
  lines: readonly Line[];
};
