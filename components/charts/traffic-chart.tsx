"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Annotation } from "#lib/client/chart-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Line } from "./lines.ts";
import { TimeChart } from "./time-chart.tsx";
import type { ChartData } from "./use-chart-data.ts";

type Props = { data: ChartData; annotations?: readonly Annotation[]; title?: string };

/** Requests answered and requests failed, per second. */
export function TrafficChart({ data, annotations, title }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  const lines = useMemo<Line[]>(
    () => [
      { field: "successesPerSecond", label: t("successes"), tone: "good", isFilled: true },
      { field: "failuresPerSecond", label: t("failures"), tone: "bad", isFilled: true },
    ],
    [t],
  );
  const now = data.points.at(-1);
  const summary = t("summaryTraffic", {
    successes: formats.rate(now?.successesPerSecond),
    failures: formats.rate(now?.failuresPerSecond),
  });
  return (
    <TimeChart
      title={title ?? t("traffic")}
      unit={t("trafficUnit")}
      summary={summary}
      lines={lines}
      data={data}
      annotations={annotations}
      format={formats.rate}
    />
  );
}
