"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { useAnnotations } from "#components/charts/use-annotations.ts";
import { useChartData } from "#components/charts/use-chart-data.ts";
import { Page } from "#components/shell/page.tsx";
import { RangeSelect, useRange } from "#components/shell/range.tsx";
import { TopPanel } from "#components/top/top-panel.tsx";
import { patiently } from "#lib/client/patiently.ts";
import { poolsQuery } from "#lib/client/queries.ts";
import { ActiveAlerts } from "./active-alerts.tsx";
import { FleetNodes } from "./fleet-nodes.tsx";
import classes from "./overview-page.module.css";
import { OverviewStats } from "./overview-stats.tsx";
import { OwnAnswers } from "./own-answers.tsx";
import { RecentChanges } from "./recent-changes.tsx";
import { startSteps, useHadTraffic } from "./start-facts.ts";

/** What it reads nobody else here does, and it is put away for good. */
const StartChecklist = dynamic(
  patiently(() => import("./start-checklist.tsx").then((module) => module.StartChecklist)),
  {
    ssr: false,
  },
);

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

/** The whole fleet at a glance; before there is one, the first steps to it, and what is left of them below it. `proxyUrl`: where requests are to go. */
export function OverviewPage({ proxyUrl }: { proxyUrl: string }) {
  const t = useTranslations("shell");
  const pools = useQuery(poolsQuery);
  const isPutAway = startSteps.use();
  const hadTraffic = useHadTraffic(pools.data ?? [], !isPutAway);
  const steps = !isPutAway && pools.data && hadTraffic !== undefined && (
    <StartChecklist pools={pools.data} proxyUrl={proxyUrl} hadTraffic={hadTraffic} />
  );
  return (
    <Page title={t("nav.overview")} tools={<RangeSelect />}>
      {hadTraffic !== true && steps}
      <OverviewStats />
      <FleetCharts />
      <FleetNodes query={pools} />
      <TopPanel />
      <OwnAnswers />
      <div className={classes.two}>
        <ActiveAlerts />
        <RecentChanges />
      </div>
      {hadTraffic === true && steps}
    </Page>
  );
}
