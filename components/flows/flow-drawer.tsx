"use client";
import { Drawer } from "@mantine/core";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { MeasureChart } from "#components/charts/measure-chart.tsx";
import { SuccessChart } from "#components/charts/success-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { TrafficDetail } from "#components/charts/traffic-detail.tsx";
import { useAnnotations } from "#components/charts/use-annotations.ts";
import { useChartData } from "#components/charts/use-chart-data.ts";
import drawer from "#components/data/drawer.module.css";
import { Link } from "#components/data/link.tsx";
import { useFocusBack } from "#components/forms/use-focus-back.ts";
import { useRange } from "#components/shell/range.tsx";
import type { MetricTarget } from "#lib/client/queries.ts";
import classes from "./flow-drawer.module.css";

type Flow = MetricTarget & { scope: "route" | "class"; id: string };
type Props = {
  flow: Flow;
  /** What it is called, and the pool that its requests go to. */
  title: string;
  pool: { id: string; name: string };
  onClose: () => void;
};

/** What clients met of one route, or of one class of a pool, over the range of the page. */
export function FlowDrawer({ flow, title, pool, onClose }: Props) {
  useFocusBack();
  const common = useTranslations("common");
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={600}
      title={title}
      closeButtonProps={{ "aria-label": common("close") }}
      classNames={drawer}
    >
      <FlowCharts key={`${flow.id} ${flow.name}`} flow={flow} pool={pool} />
    </Drawer>
  );
}

function FlowCharts({ flow, pool }: Pick<Props, "flow" | "pool">) {
  const t = useTranslations("charts.flow");
  const range = useRange();
  const data = useChartData(flow, range);
  const shared = { data, annotations: useAnnotations(pool.id) };
  return (
    <>
      <p className={classes.about}>
        {t.rich(flow.scope, {
          pool: pool.name,
          link: (name) => <Link href={`/pools/${pool.id}?tab=traffic` as Route}>{name}</Link>,
        })}
        {flow.scope === "route" && (
          <>
            {" "}
            <Link href={`/requests?routeId=${flow.id}` as Route}>{t("requests")}</Link>
          </>
        )}
      </p>
      <TrafficChart {...shared} />
      <LatencyChart {...shared} />
      <SuccessChart {...shared} />
      <MeasureChart target={flow} range={range} annotations={shared.annotations} />
      <TrafficDetail target={flow} range={range} />
    </>
  );
}
