"use client";
import { memo } from "react";
import { Area, CartesianGrid, ComposedChart, ReferenceLine, Tooltip, XAxis, YAxis } from "recharts";
import { type Annotation, type ChartPoint, placeAnnotations, timeTicks } from "#lib/client/chart-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { ChartTooltip } from "./chart-tooltip.tsx";
import { type Line, lineColour } from "./lines.ts";
import { PLOT_HEIGHT } from "./plot-size.ts";

const AXIS_WIDTH = 44;
const AXIS_HEIGHT = 20;
const AXIS = { tick: { fill: "var(--gb-mute)", fontSize: 10.5 }, tickLine: false, axisLine: false } as const;
/** The rows of labels stand above the plot, where no curve crosses them. */
const MARGIN = { top: 30, right: 8, bottom: 0, left: 0 };
const LABEL = { fontSize: 10.5, rowPx: -12, topPx: -19 };
const DAY_MS = 86_400_000;
const TONES = { accent: "var(--gb-accent-ink)", bad: "var(--gb-bad)", drain: "var(--gb-drain)" };

type Domain = readonly [number, number];

const drawLine = ({ field, tone, isFilled }: Line) => (
  <Area
    key={field}
    dataKey={field}
    stroke={lineColour(tone)}
    strokeWidth={1.6}
    fill={lineColour(tone)}
    fillOpacity={isFilled ? 0.12 : 0}
    dot={false}
    activeDot={{ r: 3 }}
    connectNulls={false}
    isAnimationActive={false}
  />
);

/** Dashed lines where something happened, labelled where there is room. */
const drawAnnotations = (annotations: readonly Annotation[], domain: Domain, width: number) =>
  placeAnnotations(annotations, domain, width - AXIS_WIDTH).map(({ key, atMs, text, tone, row, side }) => (
    <ReferenceLine
      key={key}
      x={atMs}
      stroke={TONES[tone]}
      strokeDasharray="3 3"
      label={
        row === null
          ? undefined
          : {
              value: text,
              position: side === "right" ? "insideTopLeft" : "insideTopRight",
              fill: TONES[tone],
              fontSize: LABEL.fontSize,
              dy: row * LABEL.rowPx + LABEL.topPx,
            }
      }
    />
  ));

type Props = {
  width: number;
  points: ChartPoint[];
  domain: Domain;
  lines: readonly Line[];
  annotations: readonly Annotation[];
  format: (value: number | null) => string;
};

/** The drawing itself. Nothing moves but by new data. */
export const Plot = memo(function Plot({ width, points, domain, lines, annotations, format }: Props) {
  const formats = useFormats();
  const isLong = domain[1] - domain[0] > 2 * DAY_MS;
  return (
    <ComposedChart data={points} width={width} height={PLOT_HEIGHT} margin={MARGIN} accessibilityLayer={false}>
      <CartesianGrid vertical={false} stroke="var(--gb-grid)" />
      <XAxis
        {...AXIS}
        dataKey="atMs"
        height={AXIS_HEIGHT}
        type="number"
        domain={[domain[0], domain[1]]}
        allowDataOverflow
        ticks={timeTicks(domain)}
        tickFormatter={isLong ? formats.day : formats.minute}
      />
      <YAxis {...AXIS} width={AXIS_WIDTH} domain={[0, "auto"]} tickCount={5} tickFormatter={formats.axis} />
      <Tooltip
        content={<ChartTooltip lines={lines} format={format} />}
        isAnimationActive={false}
        cursor={{ stroke: "var(--gb-faint)" }}
      />
      {lines.map(drawLine)}
      {drawAnnotations(annotations, domain, width)}
    </ComposedChart>
  );
});
