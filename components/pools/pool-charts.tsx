"use client";
import { LatencyChart } from "#components/charts/latency-chart.tsx";
import { MeasureChart } from "#components/charts/measure-chart.tsx";
import { SuccessChart } from "#components/charts/success-chart.tsx";
import { TrafficChart } from "#components/charts/traffic-chart.tsx";
import { TrafficDetail } from "#components/charts/traffic-detail.tsx";
import { useAnnotations } from "#components/charts/use-annotations.ts";
import { useChartData } from "#components/charts/use-chart-data.ts";
import { WhenSeen } from "#components/data/when-seen.tsx";
import { useRange } from "#components/shell/range.tsx";
import classes from "./pool-content.module.css";

/** Latency and traffic of a pool over the range of the page. */
export function PoolCharts({ poolId }: { poolId: string }) {
  const range = useRange();
  const target = { scope: "pool", id: poolId } as const;
  const data = useChartData(target, range);
  const annotations = useAnnotations(poolId);
  return (
    <>
      <div className={classes.charts}>
        <LatencyChart data={data} annotations={annotations} />
        <TrafficChart data={data} annotations={annotations} />
        <SuccessChart data={data} annotations={annotations} />
        <MeasureChart target={target} range={range} annotations={annotations} />
      </div>
      <WhenSeen>
        <TrafficDetail target={target} range={range} />
      </WhenSeen>
    </>
  );
}
