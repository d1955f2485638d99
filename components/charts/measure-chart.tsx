"use client";
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { useRangeSteps } from "#components/shell/range.tsx";
import type { Annotation } from "#lib/client/chart-points.ts";
import { LIVE_WINDOW_MS } from "#lib/client/live-store.ts";
import { LINE_FIELDS, linesOf, MEASURES, type Measure, measurePoints, measuresOf } from "#lib/client/measures.ts";
import { type MetricTarget, metricsQuery } from "#lib/client/queries.ts";
import type { TimeRange } from "#lib/client/time-range.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Line } from "./lines.ts";
import classes from "./time-chart.module.css";
import { TimeChart } from "./time-chart.tsx";

type Props = { target: MetricTarget; range: TimeRange; annotations?: readonly Annotation[] };

const TONES: Readonly<Record<Measure, readonly Line["tone"][]>> = {
  load: ["p50", "p99"],
  causes: ["bad", "p99", "p90", "p50", "control"],
  status: ["good", "p50", "p90", "bad"],
  repeats: ["p90", "p50", "p99"],
  tail: ["p50", "p99"],
  wait: ["p99"],
  refused: ["bad", "p99"],
  bytes: ["p50", "good"],
  connections: ["p50"],
  connecting: ["p50", "good", "bad"],
  events: ["bad", "p99"],
};

/** One of all the other measures over time; which one is chosen in it, and stands in the page's address (`?measure=`). */
export function MeasureChart({ target, range, annotations }: Props) {
  const t = useTranslations("charts.measure");
  const [chosen, setChosen] = useQueryState("measure", parseAsStringLiteral(MEASURES));
  const measures = measuresOf(target.scope);
  const measure = measures.find((each) => each === chosen) ?? "load";
  const [isSeen, setSeen] = useState(false);
  const see = useCallback(() => setSeen(true), []);
  const { lines, data } = useMeasure(measure, target, range, isSeen);
  const format = useMeasureFormat(measure);
  const nothing = measure === "causes" || measure === "wait" ? t(`empty.${measure}`) : undefined;
  const last = data.points.at(-1);
  const summary = lines.map(({ label, field }) => `${label} ${format(last?.[field] ?? null)}`).join(", ");
  return (
    <TimeChart
      title={t(`name.${measure}`)}
      unit={t(`unit.${measure}`)}
      summary={`${t(`name.${measure}`)}. ${summary}`}
      lines={lines}
      data={data}
      annotations={annotations}
      onSeen={see}
      format={format}
      emptyText={data.hasMeasured ? nothing : undefined}
      chooser={
        <Select
          size="xs"
          w={190}
          classNames={{ input: classes.chooser }}
          aria-label={t("choose")}
          allowDeselect={false}
          value={measure}
          data={measures.map((value) => ({ value, label: t(`name.${value}`) }))}
          onChange={(value) => void setChosen(measures.find((each) => each === value) ?? null)}
        />
      }
    />
  );
}

function useMeasure(measure: Measure, target: MetricTarget, range: TimeRange, isSeen: boolean) {
  const t = useTranslations("charts.measure");
  const words = useReasonText();
  const {
    data: series,
    isPending,
    error,
    refetch,
  } = useQuery({
    ...metricsQuery(target, range, true),
    enabled: isSeen,
  });
  const steps = useRangeSteps();
  const chosen = useMemo(() => linesOf(measure, series), [measure, series]);
  const lines = useMemo(
    () =>
      chosen.map((line, at): Line => {
        const others = t("others");
        const label = "name" in line ? t(`line.${line.name}`) : line.cause === null ? others : words(line.cause);
        return { field: LINE_FIELDS[at] ?? "line4", label, tone: TONES[measure][at] ?? "control" };
      }),
    [chosen, measure, t, words],
  );
  const data = useMemo(() => {
    const toMs = range.toMs ?? series?.toMs ?? 0;
    return {
      points: series ? measurePoints(series, chosen) : [],
      hasMeasured: series?.points.some(({ requestsPerSecond }) => requestsPerSecond !== null) ?? false,
      domain: [toMs - range.rangeMs, toMs] as const,
      isLoading: isPending,
      isLive: range.toMs === undefined && range.rangeMs <= LIVE_WINDOW_MS,
      error: series === undefined ? (error ?? undefined) : undefined,
      retry: refetch,
      ...steps,
    };
  }, [series, chosen, range, isPending, error, refetch, steps]);
  return { lines, data };
}

function useMeasureFormat(measure: Measure): (value: number | null) => string {
  const formats = useFormats();
  if (measure === "tail" || measure === "wait") return formats.msUnit;
  if (measure === "bytes") return formats.bytes;
  return formats.decimal;
}
