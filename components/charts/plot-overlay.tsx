"use client";
import { useTranslations } from "next-intl";
import { memo } from "react";
import { type Annotation, type ChartPoint, placeAnnotations } from "#lib/client/chart-points.ts";
import { useCrosshair } from "#lib/client/crosshair.ts";
import { nearestPoint, PLOT_EDGE, PLOT_HEIGHT, type Scale } from "#lib/client/plot.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { ChartTooltip } from "./chart-tooltip.tsx";
import { type Line, lineColour } from "./lines.ts";
import classes from "./plot.module.css";
import { useBrush } from "./use-brush.ts";

const BOTTOM = PLOT_HEIGHT - PLOT_EDGE.bottom;
/** The rows of labels stand above the plot, where no curve crosses them. */
const LABEL = { rowPx: -12, lowestPx: PLOT_EDGE.top - 6, gapPx: 4 };

/** Dashed lines where something happened, labelled where there is room. */
export const Annotations = memo(function Annotations(props: { annotations: readonly Annotation[]; scale: Scale }) {
  const { annotations, scale } = props;
  return placeAnnotations(annotations, scale.domain, scale.widthPx - PLOT_EDGE.left - PLOT_EDGE.right).map(
    ({ key, atMs, text, tone, row, side }) => {
      const x = scale.x(atMs);
      return (
        <g key={key} data-tone={tone} className={classes.annotation}>
          <line x1={x} x2={x} y1={PLOT_EDGE.top} y2={BOTTOM} />
          {row !== null && (
            <text
              x={side === "right" ? x + LABEL.gapPx : x - LABEL.gapPx}
              y={LABEL.lowestPx + row * LABEL.rowPx}
              textAnchor={side === "right" ? "start" : "end"}
            >
              {text}
            </text>
          )}
        </g>
      );
    },
  );
});

type Props = {
  title: string;
  scale: Scale;
  points: readonly ChartPoint[];
  previous: readonly ChartPoint[] | undefined;
  lines: readonly Line[];
  format: (value: number | null) => string;
  onZoom: ((fromMs: number, toMs: number) => void) | undefined;
  onZoomOut: (() => void) | undefined;
};

/** What lies above the lines of a chart and answers to mouse, finger and keyboard. Drawn alone when the crosshair moves. */
export function PlotOverlay({ title, scale, points, previous, lines, format, onZoom, onZoomOut }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  const pointed = useCrosshair();
  const atMs = pointed !== null && pointed >= scale.domain[0] && pointed <= scale.domain[1] ? pointed : null;
  const { piece, handlers } = useBrush({ scale, points, atMs, onZoom, onZoomOut });
  const index = atMs === null ? -1 : nearestPoint(points, atMs);
  const point = points[index];
  const before = point && previous?.[nearestPoint(previous, point.atMs)];
  const read = point
    ? [formats.dateTime(point.atMs), ...lines.map((line) => `${line.label} ${format(point[line.field] ?? null)}`)]
    : [t("read")];
  return (
    <div
      className={classes.overlay}
      role="slider"
      tabIndex={0}
      aria-label={t("reader", { title })}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, points.length - 1)}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={read.join(", ")}
      aria-description={onZoom ? t("keys") : undefined}
      data-zoomable={onZoom ? true : undefined}
      {...handlers}
    >
      <svg width={scale.widthPx} height={PLOT_HEIGHT} aria-hidden="true">
        {piece && (
          <rect
            className={classes.piece}
            x={scale.x(piece[0])}
            y={PLOT_EDGE.top}
            width={scale.x(piece[1]) - scale.x(piece[0])}
            height={BOTTOM - PLOT_EDGE.top}
          />
        )}
        {point && (
          <>
            <line
              className={classes.cross}
              x1={scale.x(point.atMs)}
              x2={scale.x(point.atMs)}
              y1={PLOT_EDGE.top}
              y2={BOTTOM}
            />
            {lines.map(({ field, tone }) => {
              const value = point[field] ?? null;
              if (value === null) return null;
              return <circle key={field} cx={scale.x(point.atMs)} cy={scale.y(value)} r={3} fill={lineColour(tone)} />;
            })}
          </>
        )}
      </svg>
      {point && (
        <ChartTooltip
          point={point}
          before={before}
          piece={piece}
          lines={lines}
          format={format}
          x={scale.x(point.atMs)}
          isRight={scale.x(point.atMs) < scale.widthPx / 2}
        />
      )}
    </div>
  );
}
