"use client";
import { memo, useMemo } from "react";
import { Area, CartesianGrid, ComposedChart, Line as PlainLine, XAxis, YAxis } from "recharts";
import { PLOT_EDGE, PLOT_HEIGHT, timesFor } from "#lib/client/plot.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { type Line, lineColour } from "./lines.ts";
import type { PlotProps } from "./plot-props.ts";

const AXIS = { tick: { fill: "var(--gb-mute)", fontSize: 10.5 }, tickLine: false, axisLine: false } as const;
const MARGIN = { top: PLOT_EDGE.top, right: PLOT_EDGE.right, bottom: 0, left: 0 };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const drawLine = ({ field, tone, isFilled }: Line) => (
  <Area
    key={field}
    dataKey={field}
    stroke={lineColour(tone)}
    strokeWidth={1.6}
    fill={lineColour(tone)}
    fillOpacity={isFilled ? 0.12 : 0}
    baseValue="dataMin"
    dot={false}
    activeDot={false}
    connectNulls={false}
    isAnimationActive={false}
  />
);

const drawBefore = ({ field, tone }: Line, data: PlotProps["points"]) => (
  <PlainLine
    key={`${field} before`}
    data={data}
    dataKey={field}
    stroke={lineColour(tone)}
    strokeWidth={1.2}
    strokeDasharray="4 3"
    strokeOpacity={0.75}
    dot={false}
    activeDot={false}
    connectNulls={false}
    isAnimationActive={false}
  />
);

/** The lines of a chart that stands still. Nothing moves but by new data; the crosshair lies above (plot-overlay.tsx). */
export const StoredPlot = memo(function StoredPlot({ points, previous, scale, lines }: PlotProps) {
  const formats = useFormats();
  const { domain, ticks, widthPx } = scale;
  const times = timesFor(scale);
  const isLong = domain[1] - domain[0] > 2 * DAY_MS;
  const isShort = (times[1] ?? Infinity) - (times[0] ?? 0) < MINUTE_MS;
  const before = useMemo(() => previous?.slice(), [previous]);
  return (
    <ComposedChart data={points} width={widthPx} height={PLOT_HEIGHT} margin={MARGIN} accessibilityLayer={false}>
      <CartesianGrid vertical={false} stroke="var(--gb-grid)" />
      <XAxis
        {...AXIS}
        dataKey="atMs"
        height={PLOT_EDGE.bottom}
        type="number"
        domain={[domain[0], domain[1]]}
        allowDataOverflow
        ticks={times}
        tickFormatter={isLong ? formats.day : isShort ? formats.time : formats.minute}
      />
      <YAxis
        {...AXIS}
        width={PLOT_EDGE.left}
        domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
        ticks={ticks}
        tickFormatter={formats.axis}
      />
      {before && lines.map((line) => drawBefore(line, before))}
      {lines.map(drawLine)}
    </ComposedChart>
  );
});
