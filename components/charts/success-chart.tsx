"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Annotation } from "#lib/client/chart-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Line } from "./lines.ts";
import { TimeChart } from "./time-chart.tsx";
import type { ChartData } from "./use-chart-data.ts";

type Props = { data: ChartData; annotations?: readonly Annotation[]; title?: string };

/** The share of requests that were answered well. Where nobody asked there is none. */
export function SuccessChart({ data, annotations, title }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  const lines = useMemo<Line[]>(() => [{ field: "successPercent", label: t("success"), tone: "good" }], [t]);
  const format = (value: number | null) => formats.success(value === null ? null : value / 100);
  const isMeasured = data.points.some((point) => point.successesPerSecond !== null);
  return (
    <TimeChart
      title={title ?? t("success")}
      unit={t("successUnit")}
      summary={t("summarySuccess", { success: format(data.points.at(-1)?.successPercent ?? null) })}
      lines={lines}
      data={data}
      annotations={annotations}
      format={format}
      emptyText={isMeasured ? t("noRequests") : undefined}
      isPercent
    />
  );
}
