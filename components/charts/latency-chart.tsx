"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Annotation } from "#lib/client/chart-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Line } from "./lines.ts";
import { TimeChart } from "./time-chart.tsx";
import type { ChartData } from "./use-chart-data.ts";

type Props = { data: ChartData; annotations?: readonly Annotation[]; title?: string };

/** P50, P90 and P99, in milliseconds to the first byte. */
export function LatencyChart({ data, annotations, title }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  const lines = useMemo<Line[]>(
    () => [
      { field: "p50Ms", label: t("p50"), tone: "p50" },
      { field: "p90Ms", label: t("p90"), tone: "p90" },
      { field: "p99Ms", label: t("p99"), tone: "p99", isFilled: true },
    ],
    [t],
  );
  const now = data.points.at(-1);
  const isMeasured = data.points.some((point) => point.successesPerSecond !== null);
  return (
    <TimeChart
      title={title ?? t("latency")}
      unit={t("latencyUnit")}
      summary={t("summaryLatency", {
        p50: formats.msUnit(now?.p50Ms),
        p90: formats.msUnit(now?.p90Ms),
        p99: formats.msUnit(now?.p99Ms),
      })}
      lines={lines}
      data={data}
      annotations={annotations}
      format={formats.msUnit}
      emptyText={isMeasured ? t("noRequests") : undefined}
    />
  );
}
