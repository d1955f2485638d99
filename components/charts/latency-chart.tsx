"use client";
import { useTranslations } from "next-intl";
import type { Annotation } from "#lib/client/chart-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { TimeChart } from "./time-chart.tsx";
import type { ChartData } from "./use-chart-data.ts";

type Props = { data: ChartData; annotations?: readonly Annotation[]; title?: string };

/** P50 and P99, in milliseconds to the first byte. */
export function LatencyChart({ data, annotations, title }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  const now = data.points.at(-1);
  const isMeasured = data.points.some((point) => point.successesPerSecond !== null);
  return (
    <TimeChart
      title={title ?? t("latency")}
      unit={t("latencyUnit")}
      summary={t("summaryLatency", { p50: formats.msUnit(now?.p50Ms), p99: formats.msUnit(now?.p99Ms) })}
      lines={[
        { field: "p50Ms", label: t("p50"), tone: "p50" },
        { field: "p99Ms", label: t("p99"), tone: "p99", isFilled: true },
      ]}
      data={data}
      annotations={annotations}
      format={formats.msUnit}
      emptyText={isMeasured ? t("noRequests") : undefined}
    />
  );
}
