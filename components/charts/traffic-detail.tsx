"use client";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { FigureList } from "#components/data/figure-list.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { measuresOf } from "#lib/client/measures.ts";
import { type MetricTarget, metricsQuery } from "#lib/client/queries.ts";
import type { TimeRange } from "#lib/client/time-range.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { MetricPoint, MetricScope } from "#lib/contracts/metrics.ts";
import classes from "./traffic-detail.module.css";

type Props = { target: MetricTarget; range: TimeRange };

/** Everything that was counted of a pool, node, route or class over the range of the page. What was not measured is a dash. */
export function TrafficDetail({ target, range }: Props) {
  const t = useTranslations("charts.detail");
  const query = useQuery(metricsQuery(target, range));
  return (
    <>
      <Panel title={t("causes")} hint={t("causesHint")} flush={hasCauses(query.data?.total)}>
        <QueryView query={query} skeleton={<Skeleton height={18} />}>
          {({ total }) => <Causes total={total} />}
        </QueryView>
      </Panel>
      <Panel title={t("title")} hint={t("hint")}>
        <QueryView query={query} skeleton={<Skeleton height={120} />}>
          {({ total }) => <Totals total={total} scope={target.scope} />}
        </QueryView>
      </Panel>
    </>
  );
}

const hasCauses = (total: MetricPoint | undefined): boolean =>
  Object.keys(total?.detail?.causesPerSecond ?? {}).length > 0;

function Causes({ total }: { total: MetricPoint | undefined }) {
  const t = useTranslations("charts.detail");
  const words = useReasonText();
  const formats = useFormats();
  if (!total?.detail) return <p className={classes.none}>{t("unmeasured")}</p>;
  const causes = Object.entries(total.detail.causesPerSecond).sort(([, a], [, b]) => b - a);
  if (causes.length === 0)
    return <p className={classes.none}>{t(total.failuresPerSecond ? "causesUnknown" : "causesNone")}</p>;
  const sum = causes.reduce((all, [, rate]) => all + rate, 0);
  const columns = [
    { key: "cause", label: t("cause") },
    { key: "share", label: t("share"), isNumber: true },
    { key: "rate", label: t("rate"), isNumber: true },
  ];
  return (
    <DataTable label={t("causes")} columns={columns}>
      {causes.map(([cause, rate]) => (
        <tr key={cause}>
          <td className={tableClasses.name}>{words(cause)}</td>
          <td className={tableClasses.number}>{formats.percent(rate / sum)}</td>
          <td className={tableClasses.number}>{formats.decimal(rate)}</td>
        </tr>
      ))}
    </DataTable>
  );
}

type Item = [label: string, value: string];

function Totals({ total, scope }: { total: MetricPoint | undefined; scope: MetricScope }) {
  const t = useTranslations("charts.detail");
  const formats = useFormats();
  const detail = total?.detail;
  const measures = measuresOf(scope);
  const attempts = detail ? detail.connectionsOpenedPerSecond + detail.connectionsReusedPerSecond : 0;
  const queueItems: Item[] = measures.includes("wait")
    ? [
        [t("queued"), formats.integer(total?.queued)],
        [t("queueWait"), formats.msUnit(detail?.queueWaitMs)],
        [t("queueRefused"), formats.decimal(detail?.queueRefusedPerSecond)],
        [t("queueTimedOut"), formats.decimal(detail?.queueTimedOutPerSecond)],
      ]
    : [];
  const connectionItems: Item[] = measures.includes("connections")
    ? [[t("connections"), formats.integer(detail?.connections)]]
    : [];
  const items: Item[] = [
    [t("mean"), formats.msUnit(total?.meanMs)],
    [t("p50"), formats.msUnit(total?.p50Ms)],
    [t("p90"), formats.msUnit(total?.p90Ms)],
    [t("p99"), formats.msUnit(total?.p99Ms)],
    [t("p999"), formats.msUnit(total?.p999Ms)],
    [t("success"), formats.success(total?.successRatio)],
    ...(detail?.statusPerSecond ?? []).flatMap((rate, at): Item[] =>
      at === 0 && rate === 0 ? [] : [[t("status", { digit: at + 1 }), formats.decimal(rate)]],
    ),
    [t("retries"), formats.decimal(detail?.retriesPerSecond)],
    [t("hedges"), formats.decimal(detail?.hedgesPerSecond)],
    [t("aborted"), formats.decimal(detail?.abortedPerSecond)],
    [t("bytesIn"), formats.bytes(detail?.bytesInPerSecond)],
    [t("bytesOut"), formats.bytes(detail?.bytesOutPerSecond)],
    [t("inFlight"), formats.integer(total?.inFlight)],
    ...queueItems,
    ...connectionItems,
    [t("opened"), formats.decimal(detail?.connectionsOpenedPerSecond)],
    [t("reused"), formats.percent(detail && attempts > 0 ? detail.connectionsReusedPerSecond / attempts : null)],
    [t("connectFailed"), formats.decimal(detail?.connectionsFailedPerSecond)],
    [t("ejections"), formats.integer(detail?.ejections)],
    [t("breakerOpenings"), formats.integer(detail?.breakerOpenings)],
  ];
  return <FigureList items={items} />;
}
