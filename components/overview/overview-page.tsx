"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { useAnnotations } from "#components/charts/use-annotations.ts";
import { useChartData } from "#components/charts/use-chart-data.ts";
import { Page } from "#components/shell/page.tsx";
import { RangeSelect, useRange } from "#components/shell/range.tsx";
import { TopPanel } from "#components/top/top-panel.tsx";
import { patiently } from "#lib/client/patiently.ts";
import { poolsQuery } from "#lib/client/queries.ts";
import { rememberStartSteps } from "#lib/client/start-steps.ts";
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

/** Whether this browser is done with the first steps. @param isKnown what the server was told of it */
function useIsPutAway(isKnown: boolean): boolean {
  const isPutAway = startSteps.use();
  useEffect(() => {
    if (isPutAway) rememberStartSteps();
  }, [isPutAway]);
  return isKnown || isPutAway;
}

type Props = {
  /** Where requests are to go. */
  proxyUrl: string;
  /** The first steps, as the server knows. */
  isPutAway: boolean;
};

/** The whole fleet at a glance; before there is one, the first steps to it, and what is left of them below it. */
export function OverviewPage({ proxyUrl, isPutAway: isKnown }: Props) {
  const t = useTranslations("shell");
  const pools = useQuery(poolsQuery);
  const isPutAway = useIsPutAway(isKnown);
  const hadTraffic = useHadTraffic(pools.data ?? [], !isPutAway);
  const steps = !isPutAway && pools.data && hadTraffic !== undefined && (
    <StartChecklist pools={pools.data} proxyUrl={proxyUrl} hadTraffic={hadTraffic} />
  );
  // They stay where they were first: all that stands below them would move with the first request.
  const isBelow = useRef<boolean>(undefined);
  if (steps) isBelow.current ??= hadTraffic;
  return (
    <Page title={t("nav.overview")} tools={<RangeSelect />}>
      {isBelow.current !== true && steps}
      <OverviewStats />
      <FleetCharts />
      <FleetNodes query={pools} />
      <TopPanel />
      <OwnAnswers />
      <div className={classes.two}>
        <ActiveAlerts />
        <RecentChanges />
      </div>
      {isBelow.current === true && steps}
    </Page>
  );
}
