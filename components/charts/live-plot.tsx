"use client";
import { memo } from "react";
import { PLOT_EDGE, PLOT_HEIGHT, pathsOf, timesFor } from "#lib/client/plot.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { lineColour } from "./lines.ts";
import classes from "./plot.module.css";
import type { PlotProps } from "./plot-props.ts";

const BOTTOM = PLOT_HEIGHT - PLOT_EDGE.bottom;

/**
 * The lines of a chart that moves each second, as a handful of paths. A library of charts spends 20 to 40 ms of a slow
 * machine on such a drawing, each second and for each chart, and its own weight on the first load.
 */
export const LivePlot = memo(function LivePlot({ points, previous, scale, lines }: PlotProps) {
  const formats = useFormats();
  return (
    <svg className={classes.plot} width={scale.widthPx} height={PLOT_HEIGHT} aria-hidden="true">
      {scale.ticks.map((value) => (
        <g key={value}>
          <line
            className={classes.grid}
            x1={PLOT_EDGE.left}
            x2={scale.widthPx - PLOT_EDGE.right}
            y1={scale.y(value)}
            y2={scale.y(value)}
          />
          <text className={classes.tick} x={PLOT_EDGE.left - 8} y={scale.y(value) + 3.5} textAnchor="end">
            {formats.axis(value)}
          </text>
        </g>
      ))}
      {timesFor(scale).map((atMs) => (
        <text key={atMs} className={classes.tick} x={scale.x(atMs)} y={BOTTOM + 15} textAnchor="middle">
          {formats.minute(atMs)}
        </text>
      ))}
      {previous &&
        lines.map(({ field, tone }) => (
          <path
            key={`${field} before`}
            className={classes.line}
            data-before="true"
            d={pathsOf(previous, field, scale).line}
            stroke={lineColour(tone)}
          />
        ))}
      {lines.map(({ field, tone, isFilled }) => {
        const { line, area } = pathsOf(points, field, scale);
        return (
          <g key={field}>
            {isFilled && <path className={classes.area} d={area} fill={lineColour(tone)} />}
            <path className={classes.line} data-line={field} d={line} stroke={lineColour(tone)} />
          </g>
        );
      })}
    </svg>
  );
});
