"use client";
import { Skeleton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import type { Annotation } from "#lib/client/chart-points.ts";
import type { Line } from "./lines.ts";
import { PLOT_HEIGHT } from "./plot-size.ts";
import classes from "./time-chart.module.css";
import type { ChartData } from "./use-chart-data.ts";

type Props = {
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
};

/** What draws is as large as the rest of a page: it comes after the page itself. */
const Plot = dynamic(() => import("./plot.tsx").then((module) => module.Plot), {
  ssr: false,
  loading: () => <Skeleton height={PLOT_HEIGHT} />,
});

const NO_ANNOTATIONS: readonly Annotation[] = [];

function Legend({ lines }: { lines: readonly Line[] }) {
  return lines.map((line) => (
    <span key={line.field} className={classes.legend} data-tone={line.tone}>
      {line.label}
    </span>
  ));
}

/** A chart over time in a panel: gaps where nothing was measured, lines where something happened, no animation. */
export function TimeChart({ title, unit, summary, lines, data, annotations, format, emptyText }: Props) {
  const t = useTranslations("charts");
  const { ref, width } = useElementSize();
  const { points, domain, isLoading } = data;
  const isEmpty = points.every((point) => lines.every((line) => (point[line.field] ?? null) === null));
  const nothing = emptyText ?? t("noData");
  return (
    <Panel title={title} hint={unit} aside={<Legend lines={lines} />}>
      <div ref={ref} className={classes.box} role="img" aria-label={isEmpty ? nothing : summary}>
        {isLoading && <Skeleton height={PLOT_HEIGHT} />}
        {!isLoading && isEmpty && <p className={classes.empty}>{nothing}</p>}
        {!isLoading && width > 0 && (
          <Plot
            width={width}
            points={points}
            domain={domain}
            lines={lines}
            annotations={annotations ?? NO_ANNOTATIONS}
            format={format}
          />
        )}
      </div>
    </Panel>
  );
}
