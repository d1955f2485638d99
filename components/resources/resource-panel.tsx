"use client";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Line } from "#components/charts/lines.ts";
import { TimeChart } from "#components/charts/time-chart.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { ShareBar } from "#components/data/share-bar.tsx";
import { useRangeSteps } from "#components/shell/range.tsx";
import type { Annotation, ChartPoint } from "#lib/client/chart-points.ts";
import { nodeResourcesQuery, resourcesQuery } from "#lib/client/resource-queries.ts";
import type { TimeRange } from "#lib/client/time-range.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeResourceSeries, NodeResources } from "#lib/contracts/resources.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { type ShownFigure, useResourceWords } from "./resource-words.ts";
import classes from "./resources.module.css";

type Props = { node: NodeView; range: TimeRange; annotations: readonly Annotation[] };

/** CPU, memory and queue of a node, now and over the range of the page. Only where its pool asks for them. */
export function ResourcePanel({ node, range, annotations }: Props) {
  const t = useTranslations("resources");
  const { data: pool } = useQuery(resourcesQuery(node.poolId));
  const history = useQuery(nodeResourcesQuery(node.id, range));
  const series = history.data;
  // What the stream told since is newer than what the history came with.
  const now = newest(
    pool?.find(({ nodeId }) => nodeId === node.id),
    series?.current,
  );
  return (
    <>
      <Panel title={t("title")} hint={t("hint")} aside={now && <Told resources={now} />}>
        <QueryView query={history} skeleton={<Skeleton height={58} />}>
          {() => now && <Figures resources={now} />}
        </QueryView>
      </Panel>
      {series && <Charts series={series} range={range} annotations={annotations} />}
    </>
  );
}

const newest = (one: NodeResources | undefined, other: NodeResources | undefined): NodeResources | undefined =>
  (other?.atMs ?? 0) > (one?.atMs ?? 0) ? other : (one ?? other);

function Told({ resources: { atMs, by, source } }: { resources: NodeResources }) {
  const t = useTranslations("resources");
  if (atMs === null) return t("never");
  const when = <RelativeTime at={new Date(atMs).toISOString()} />;
  return source === "push" ? (
    <>
      {when} · {by}
    </>
  ) : (
    when
  );
}

const FIGURES = ["cpu", "memory", "backlog"] as const;

function Figures({ resources }: { resources: NodeResources }) {
  const t = useTranslations("resources");
  const shown = useResourceWords()(resources);
  return (
    <dl className={classes.figures}>
      {FIGURES.map((name) => (
        <div key={name} data-figure={name}>
          <dt>{t(name)}</dt>
          <Value figure={shown[name]} />
        </div>
      ))}
    </dl>
  );
}

function Value({ figure: { short, ratio, text, isMissing } }: { figure: ShownFigure }) {
  return (
    <dd data-missing={isMissing || undefined}>
      <span className={classes.value}>{short}</span>
      {ratio !== null && <ShareBar ratio={ratio} />}
      <span className={classes.text}>{text}</span>
    </dd>
  );
}

/** What the points of other charts have. */
const UNMEASURED = {
  ...{ p50Ms: null, p90Ms: null, p99Ms: null },
  ...{ successPercent: null, successesPerSecond: null, failuresPerSecond: null },
};
const percentOf = (ratio: number | null): number | null => (ratio === null ? null : ratio * 100);

function Charts({
  series,
  range,
  annotations,
}: {
  series: NodeResourceSeries;
  range: TimeRange;
  annotations: readonly Annotation[];
}) {
  const t = useTranslations("resources");
  const formats = useFormats();
  const steps = useRangeSteps();
  const data = useMemo(() => {
    const points = series.points.map(
      ({ atMs, ...point }): ChartPoint => ({
        ...{ atMs, ...UNMEASURED },
        ...{ cpu: percentOf(point.cpuRatio), memory: percentOf(point.memoryRatio), memoryBytes: point.memoryBytes },
        ...{ backlog: point.backlog, backlogMax: point.backlogMax },
      }),
    );
    const domain: [number, number] = [series.toMs - range.rangeMs, series.toMs];
    return { points, domain, isLoading: false, ...steps };
  }, [series, range.rangeMs, steps]);
  const percent = (value: number | null) => formats.percent(value === null ? null : value / 100);
  const last = data.points.findLast(({ cpu, memoryBytes, backlog }) => (cpu ?? memoryBytes ?? backlog) !== null);
  const has = (field: Line["field"]) => data.points.some((point) => (point[field] ?? null) !== null);
  const shared = { data, annotations };
  return (
    <>
      {(has("cpu") || has("memory")) && (
        <TimeChart
          {...shared}
          title={t("chart")}
          unit={t("chartUnit")}
          summary={t("summary", { cpu: percent(last?.cpu ?? null), memory: percent(last?.memory ?? null) })}
          lines={[
            { field: "cpu", label: t("cpu"), tone: "canary", isFilled: true },
            ...(has("memory") ? [{ field: "memory", label: t("memory"), tone: "control" } as const] : []),
          ]}
          format={percent}
        />
      )}
      {has("memoryBytes") && !has("memory") && (
        <TimeChart
          {...shared}
          title={t("memoryChart")}
          unit={t("memoryUnit")}
          summary={t("summaryMemory", { memory: formats.bytes(last?.memoryBytes) })}
          lines={[{ field: "memoryBytes", label: t("memory"), tone: "control", isFilled: true }]}
          format={formats.bytes}
        />
      )}
      {has("backlog") && (
        <TimeChart
          {...shared}
          title={t("queueChart")}
          unit={t("queueUnit")}
          summary={t("summaryQueue", { waiting: formats.integer(last?.backlog) })}
          lines={[
            { field: "backlog", label: t("mean"), tone: "canary", isFilled: true },
            { field: "backlogMax", label: t("highest"), tone: "control" },
          ]}
          format={formats.decimal}
        />
      )}
    </>
  );
}
