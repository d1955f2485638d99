"use client";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Line } from "#components/charts/lines.ts";
import { TimeChart } from "#components/charts/time-chart.tsx";
import { armPoints } from "#lib/client/canary-points.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { ArmFigures, CanaryDetail } from "#lib/contracts/canary.ts";
import classes from "./canary.module.css";

const percent = ({ successRatio }: ArmFigures) => (successRatio === null ? null : successRatio * 100);
const p99 = ({ p99Ms }: ArmFigures) => p99Ms;

/** What was known of both arms at each look, up to now or to the end. */
export function CanaryCharts({ canary }: { canary: CanaryDetail }) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const { history, evidence, state, startedAt } = canary;
  const looks = useMemo(() => (state === "running" ? [...history, evidence] : history), [history, evidence, state]);
  const data = useMemo(() => {
    const domain: [number, number] = [Date.parse(startedAt), Date.parse(looks.at(-1)?.at ?? startedAt) + 1_000];
    const of = (pick: typeof p99) => ({ points: armPoints(looks, pick), domain, isLoading: false });
    return { success: of(percent), p99: of(p99) };
  }, [looks, startedAt]);
  const lines = useMemo<Line[]>(
    () => [
      { field: "control", label: t("armName.control"), tone: "control" },
      { field: "canary", label: t("armName.canary"), tone: "canary" },
    ],
    [t],
  );
  const asPercent = (value: number | null) => formats.success(value === null ? null : value / 100);
  return (
    <div className={classes.charts}>
      <TimeChart
        title={t("figure.success")}
        unit={t("chart.percent")}
        summary={t("against", {
          canary: asPercent(percent(evidence.canary)),
          control: asPercent(percent(evidence.control)),
        })}
        lines={lines}
        data={data.success}
        format={asPercent}
      />
      <TimeChart
        title={t("figure.p99")}
        unit={t("chart.ms")}
        summary={t("against", {
          canary: formats.msUnit(evidence.canary.p99Ms),
          control: formats.msUnit(evidence.control.p99Ms),
        })}
        lines={lines}
        data={data.p99}
        format={formats.msUnit}
      />
    </div>
  );
}
