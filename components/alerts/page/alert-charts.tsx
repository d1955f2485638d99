"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { ErrorState } from "#components/data/error-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { type Annotation, storedPoints } from "#lib/client/chart-points.ts";
import { ledgerQuery } from "#lib/client/ledger-queries.ts";
import { metricsQuery } from "#lib/client/queries.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import classes from "./alert-page.module.css";
import type { Around } from "./use-around.ts";

type Props = { alert: Alert; poolId: string; around: Around };

/** Figures of what the alert is about, from a while before it fired to a while after it ended. */
export function AlertCharts({ alert, poolId, around: { range, from, to } }: Props) {
  const t = useTranslations("alerts.details");
  const { nodeId } = alert;
  const query = useQuery(metricsQuery({ scope: nodeId === null ? "pool" : "node", id: nodeId ?? poolId }, range));
  const annotations = useMarks(alert, poolId, from, to);
  const data = useMemo(
    () => ({
      points: query.data ? storedPoints(query.data) : [],
      domain: [range.toMs - range.rangeMs, range.toMs] as [number, number],
      isLoading: query.isPending,
    }),
    [query.data, query.isPending, range],
  );
  if (query.error && !query.data)
    return (
      <Panel title={t("around")}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Panel>
    );
  return (
    <div className={classes.charts}>
      <LatencyChart title={t("around")} data={data} annotations={annotations} />
      <TrafficChart title={t("trafficAround")} data={data} annotations={annotations} />
    </div>
  );
}

/** The alert itself on the charts, and the shifts of traffic that began with the nodes they are of. */
function useMarks(alert: Alert, poolId: string, from: string, to: string | undefined): Annotation[] {
  const t = useTranslations("alerts.details");
  const ledger = useTranslations("ledger");
  const shifts = useInfiniteQuery(ledgerQuery({ poolId, from, ...(to !== undefined && { to }) })).data;
  const { id, firedAt, acknowledgedAt, resolvedAt } = alert;
  return useMemo(() => {
    const mark = (key: string, at: string | null, text: string, tone: Annotation["tone"]): Annotation[] =>
      at === null ? [] : [{ key: `${id} ${key}`, atMs: Date.parse(at), text, tone }];
    return [
      ...mark("fired", firedAt, t("fired"), "bad"),
      ...mark("acknowledged", acknowledgedAt, t("acknowledgedMark"), "accent"),
      ...mark("resolved", resolvedAt, t("resolvedMark"), "accent"),
      ...(shifts?.pages ?? [])
        .flatMap((page) => page.items)
        .filter(({ byNodeId }) => byNodeId === null)
        .flatMap((shift) => {
          const node = shift.nodeName ?? ledger("gone");
          return mark(
            shift.id,
            shift.at,
            ledger("annotation", { node, cause: ledger(`cause.${shift.cause}`) }),
            "drain",
          );
        }),
    ];
  }, [id, firedAt, acknowledgedAt, resolvedAt, shifts, t, ledger]);
}
