"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { useAnnotations } from "#components/charts/use-annotations.ts";
import { useChartData } from "#components/charts/use-chart-data.ts";
import { Page } from "#components/shell/page.tsx";
import { RangeSelect, useRange } from "#components/shell/range.tsx";
import { TopPanel } from "#components/top/top-panel.tsx";
import { poolsQuery } from "#lib/client/queries.ts";
import { ActiveAlerts } from "./active-alerts.tsx";
import { FleetNodes } from "./fleet-nodes.tsx";
import classes from "./overview-page.module.css";
import { OverviewStats } from "./overview-stats.tsx";
import { OwnAnswers } from "./own-answers.tsx";
import { RecentChanges } from "./recent-changes.tsx";
import { StartChecklist } from "./start-checklist.tsx";

function FleetCharts() {
  const data = useChartData({ scope: "all" }, useRange());
  const annotations = useAnnotations();
  return (
    <div className={classes.two}>
      <LatencyChart data={data} annotations={annotations} />
      <TrafficChart data={data} annotations={annotations} />
    </div>
  );
}

/** The whole fleet at a glance; before there is one, the three steps to it. `proxyUrl`: where requests are to go. */
export function OverviewPage({ proxyUrl }: { proxyUrl: string }) {
  const t = useTranslations("shell");
  const pools = useQuery(poolsQuery);
  return (
    <Page title={t("nav.overview")} tools={<RangeSelect />}>
      {pools.data && <StartChecklist pools={pools.data} proxyUrl={proxyUrl} />}
      <OverviewStats />
      <FleetCharts />
      <FleetNodes query={pools} />
      <TopPanel />
      <OwnAnswers />
      <div className={classes.two}>
        <ActiveAlerts />
        <RecentChanges />
      </div>
    </Page>
  );
}
