"use client";
import { Skeleton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useDeferredValue, useEffect, useMemo } from "react";
import { ErrorState } from "#components/data/error-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import type { Annotation } from "#lib/client/chart-points.ts";
import { patiently } from "#lib/client/patiently.ts";
import { makeScale, PLOT_HEIGHT, ticksFromZero, ticksToHundred, valuesOf } from "#lib/client/plot.ts";
import { useSeen } from "#lib/client/use-seen.ts";
import { useShown } from "#lib/client/use-shown.ts";
import { ChartMenu } from "./chart-menu.tsx";
import type { Line } from "./lines.ts";
import { LivePlot } from "./live-plot.tsx";
import classes from "./plot.module.css";
import { Annotations, PlotOverlay } from "./plot-overlay.tsx";
import frame from "./time-chart.module.css";
import type { ChartData } from "./use-chart-data.ts";

export type TimeChartProps = {
  title: string;
  unit: string;
  /** What the chart says, for those who do not see it. */
  summary: string;
  lines: readonly Line[];
  data: ChartData;
  annotations?: readonly Annotation[];
  format: (value: number | null) => string;
  /** Said when there is nothing to draw; that nothing was measured, unless given. */
  emptyText?: string;
  /** Figures are percentages: the axis ends at 100, and reaches as far down as they do. */
  isPercent?: boolean;
  /** Stands in place of the title: a choice of what it shows. */
  chooser?: React.ReactNode;
  /** Told when it first comes on screen: what only it draws need not be read before. */
  onSeen?: () => void;
};

/** What draws stored series is as large as the rest of a page: it comes when one is looked at. */
const StoredPlot = dynamic(
  patiently(() => import("./stored-plot.tsx").then((module) => module.StoredPlot)),
  {
    ssr: false,
    loading: () => <Skeleton height={PLOT_HEIGHT} />,
  },
);

const NO_ANNOTATIONS: readonly Annotation[] = [];

function Legend({ lines, hasBefore }: { lines: readonly Line[]; hasBefore: boolean }) {
  const t = useTranslations("charts");
  return (
    <>
      {lines.map((line) => (
        <span key={line.field} className={frame.legend} data-tone={line.tone}>
          {line.label}
        </span>
      ))}
      {hasBefore && (
        <span className={frame.legend} data-dashed="true">
          {t("periodBefore")}
        </span>
      )}
    </>
  );
}

/**
 * A chart over time in a panel: gaps where nothing was measured, lines where something happened, no animation; a crosshair
 * over all charts of the page, and closer looks at a piece of it where its data has other ranges.
 */
export function TimeChart(props: TimeChartProps) {
  const { title, unit, lines, data, chooser, onSeen } = props;
  const { ref: box, isSeen } = useSeen<HTMLDivElement>();
  useEffect(() => {
    if (isSeen) onSeen?.();
  }, [isSeen, onSeen]);
  return (
    <Panel
      title={title}
      hasOwnTitle={chooser !== undefined}
      hint={
        <>
          {chooser}
          <span title={unit}>{unit}</span>
        </>
      }
      legend={<Legend lines={lines} hasBefore={data.previous !== undefined} />}
      aside={<ChartMenu title={title} unit={unit} lines={lines} data={data} box={box} />}
    >
      <div ref={box} data-chart>
        <Box {...props} isSeen={isSeen} />
      </div>
    </Panel>
  );
}

function Box({ data, lines, emptyText, summary, isSeen, ...rest }: TimeChartProps & { isSeen: boolean }) {
  const t = useTranslations("charts");
  const { ref, width } = useElementSize();
  const isEmpty = data.points.every((point) => lines.every((line) => (point[line.field] ?? null) === null));
  const nothing = emptyText ?? t("noData");
  const isWaiting = data.isLoading || !isSeen;
  if (data.error !== undefined)
    return (
      <div className={frame.box} data-error="true">
        <ErrorState error={data.error} onRetry={data.retry ?? (() => {})} />
      </div>
    );
  return (
    <div ref={ref} className={frame.box}>
      {/* Nobody waits for what is not on screen. */}
      {isSeen && data.isLoading && <Skeleton height={PLOT_HEIGHT} />}
      {!isWaiting && isEmpty && (
        <p className={frame.empty}>
          <span>{nothing}</span>
        </p>
      )}
      {!isWaiting && width > 0 && (
        <Drawing {...rest} data={data} lines={lines} summary={isEmpty ? nothing : summary} width={width} />
      )}
    </div>
  );
}

/** Lines, annotations and what answers to the pointer. It waits while it is off the screen, or while the page is busy. */
function Drawing(props: TimeChartProps & { width: number }) {
  const { title, summary, lines, annotations = NO_ANNOTATIONS, format, isPercent = false, width } = props;
  const { ref, shown } = useShown(props.data);
  const data = useDeferredValue(shown);
  const { points, previous, domain } = data;
  const fields = useMemo(() => lines.map(({ field }) => field), [lines]);
  const [fromMs, toMs] = domain;
  const scale = useMemo(() => {
    const values = [...valuesOf(previous ? [points, previous] : [points], fields)];
    const ticks = isPercent ? ticksToHundred(Math.min(100, ...values)) : ticksFromZero(Math.max(0, ...values));
    return makeScale([fromMs, toMs], ticks, width);
  }, [points, previous, fields, isPercent, fromMs, toMs, width]);
  const Plot = data.isLive ? LivePlot : StoredPlot;
  return (
    <div ref={ref}>
      <div role="img" aria-label={summary}>
        <Plot points={points} previous={previous} scale={scale} lines={lines} />
        <svg className={classes.marks} width={width} height={PLOT_HEIGHT} aria-hidden="true">
          <Annotations annotations={annotations} scale={scale} />
        </svg>
      </div>
      <PlotOverlay
        title={title}
        scale={scale}
        points={points}
        previous={previous}
        lines={lines}
        format={format}
        onZoom={data.zoomTo}
        onZoomOut={data.zoomOut}
      />
    </div>
  );
}
