"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { StatCard } from "#components/data/stat-card.tsx";
import type { TermName } from "#components/data/term.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useFigures, useIsStale, useSeries } from "#lib/client/live.tsx";
import type { SeriesPoint } from "#lib/client/live-store.ts";
import { failuresOf, peakOf, valuesOf } from "#lib/client/live-summary.ts";
import { firingAlertsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import classes from "./overview-page.module.css";

/** What each figure is called, where it is read, how it is written and drawn. */
const STATS = [
  { label: "rate", field: "requestsPerSecond", format: "rate", tone: "p50" },
  { label: "success", field: "successRatio", format: "success", tone: "good" },
  { label: "p50", field: "p50Ms", format: "msUnit", tone: "p50" },
  { label: "p99", field: "p99Ms", format: "msUnit", tone: "p99" },
  { label: "queued", field: "queued", format: "integer", tone: "mute" },
] as const;

const TERM_OF: Partial<Record<(typeof STATS)[number]["label"], TermName>> = { p50: "p50", p99: "p99", queued: "queue" };

/** What stands below a figure: its peak of the last five minutes, or how many requests failed in them. */
function useDetail(): (series: readonly SeriesPoint[], stat: (typeof STATS)[number]) => string | undefined {
  const t = useTranslations("overview");
  const formats = useFormats();
  return (series, { field, format }) => {
    if (field !== "successRatio") {
      const peak = peakOf(series, field);
      return peak && t("peak", { value: formats[format](peak.value), time: formats.minute(peak.atMs) });
    }
    if (!series.some((point) => point.figures.requestsPerSecond > 0)) return undefined;
    const failures = failuresOf(series);
    return failures > 0 ? t("failed", { count: formats.integer(failures) }) : t("noneFailed");
  };
}

/** The six figures of everything together, live, with the course of the last five minutes. */
export function OverviewStats() {
  const t = useTranslations("overview");
  const formats = useFormats();
  const now = useFigures("all");
  const series = useSeries("all");
  const isStale = useIsStale();
  const detail = useDetail();
  return (
    <div className={classes.stats}>
      {STATS.map((stat) => (
        <StatCard
          key={stat.label}
          label={t(stat.label)}
          value={formats[stat.format](now?.[stat.field])}
          detail={detail(series, stat)}
          values={valuesOf(series, stat.field, stat.field === "successRatio" ? "lowest" : "highest")}
          tone={stat.tone}
          isStale={isStale}
          term={TERM_OF[stat.label]}
        />
      ))}
      <AlertCard />
    </div>
  );
}

function AlertCard() {
  const t = useTranslations("overview");
  const formats = useFormats();
  const { data } = useQuery(firingAlertsQuery);
  const urgent = data?.filter((alert) => alert.level === 1).length ?? 0;
  return (
    <StatCard
      label={t("alerts")}
      value={data ? formats.integer(data.length) : MISSING}
      detail={urgent > 0 ? t("level1", { count: urgent }) : data?.length === 0 ? t("noAlerts") : undefined}
      tone="bad"
    />
  );
}
