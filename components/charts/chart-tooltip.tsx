"use client";
import type { ChartPoint } from "#lib/client/chart-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Line } from "./lines.ts";
import classes from "./time-chart.module.css";

/** What recharts passes to the content of its tooltip, as far as it is read here. */
type Hovered = { active?: boolean; payload?: readonly { payload?: ChartPoint }[] };
type Props = Hovered & { lines: readonly Line[]; format: (value: number | null) => string };

export function ChartTooltip({ active, payload, lines, format }: Props) {
  const formats = useFormats();
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className={classes.tooltip}>
      <div className={classes.tooltipTime}>{formats.dateTime(point.atMs)}</div>
      {lines.map((line) => (
        <div key={line.field} className={classes.tooltipRow}>
          <span className={classes.legend} data-tone={line.tone}>
            {line.label}
          </span>
          <b>{format(point[line.field] ?? null)}</b>
        </div>
      ))}
    </div>
  );
}
