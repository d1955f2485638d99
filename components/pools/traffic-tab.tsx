"use client";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { HeatMapPanel } from "#components/charts/heat-map-panel.tsx";
import { StatCard } from "#components/data/stat-card.tsx";
import { LedgerPanel } from "#components/ledger/ledger-panel.tsx";
import { RecentFailures } from "#components/requests/recent-failures.tsx";
import { TopPanel } from "#components/top/top-panel.tsx";
import { useFigures, useIsStale, useSeries } from "#lib/client/live.tsx";
import type { FigureName } from "#lib/client/live-store.ts";
import { patiently } from "#lib/client/patiently.ts";
import { isUsable } from "#lib/client/usable.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { DEFAULT_CLASS } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { PoolCharts } from "./pool-charts.tsx";
import classes from "./pool-content.module.css";
import { QueuePanel } from "./queue-panel.tsx";

/** With all that draws charts of a class: loaded when one is looked at. */
const FlowDrawer = dynamic(
  patiently(() => import("#components/flows/flow-drawer.tsx").then((module) => module.FlowDrawer)),
);

/** The figures of a pool with their recent course, and its charts. */
export function TrafficTab({ pool }: { pool: PoolView }) {
  const t = useTranslations("pool.stat");
  const formats = useFormats();
  const figures = useFigures("pool", pool.id);
  const series = useSeries("pool", pool.id);
  const isStale = useIsStale();
  const course = (field: FigureName) => series.map((point) => point.figures[field]);
  const cards = [
    { field: "requestsPerSecond", label: t("rate"), value: formats.rate(figures?.requestsPerSecond), tone: "p50" },
    { field: "successRatio", label: t("success"), value: formats.success(figures?.successRatio), tone: "good" },
    { field: "p50Ms", label: t("p50"), value: formats.msUnit(figures?.p50Ms), tone: "p50", term: "p50" },
    { field: "p99Ms", label: t("p99"), value: formats.msUnit(figures?.p99Ms), tone: "p99", term: "p99" },
    { field: "inFlight", label: t("inFlight"), value: formats.integer(figures?.inFlight), tone: "mute" },
    { field: "queued", label: t("queued"), value: formats.integer(figures?.queued), tone: "mute", term: "queue" },
  ] as const;
  const usable = pool.nodes.filter(isUsable).length;
  return (
    <>
      <div className={classes.stats}>
        {cards.map(({ field, label, value, tone, ...card }) => (
          <StatCard
            key={field}
            label={label}
            value={value}
            values={course(field)}
            tone={tone}
            isStale={isStale}
            term={"term" in card ? card.term : undefined}
            detail={field === "requestsPerSecond" ? t("usable", { usable, total: pool.nodes.length }) : undefined}
          />
        ))}
      </div>
      <QueuePanel pool={pool} />
      <PoolCharts poolId={pool.id} />
      {pool.nodes.length > 0 && <HeatMapPanel poolId={pool.id} />}
      <TopPanel poolId={pool.id} />
      <LedgerPanel poolId={pool.id} />
      <RecentFailures poolId={pool.id} />
      <ClassTraffic pool={pool} />
    </>
  );
}

/** Of the class that stands in the address (`?class=`). */
function ClassTraffic({ pool }: { pool: PoolView }) {
  const t = useTranslations("pool.queues");
  const [name, setName] = useQueryState("class", parseAsString);
  if (name === null) return null;
  return (
    <FlowDrawer
      flow={{ scope: "class", id: pool.id, name }}
      title={name === DEFAULT_CLASS ? t("trafficRest") : t("traffic", { name })}
      pool={pool}
      onClose={() => void setName(null)}
    />
  );
}
