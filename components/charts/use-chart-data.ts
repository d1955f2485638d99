"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ChartPoint, livePoints, storedPoints } from "#lib/client/chart-points.ts";
import { useIsStale, useSeries, useServerNow } from "#lib/client/live.tsx";
import { LIVE_WINDOW_MS, type LiveScope } from "#lib/client/live-store.ts";
import { metricsQuery } from "#lib/client/queries.ts";
import type { TimeRange } from "#lib/client/time-range.ts";

export type ChartData = { points: ChartPoint[]; domain: [number, number]; isLoading: boolean };

/** The newest second that can have been measured and delivered. */
const DELIVERY_MS = 1_000;
const NEVER_MS = 86_400_000;

/** Points of everything, one pool or one node: the live seconds for ranges that they cover, else the stored series. */
export function useChartData(scope: LiveScope, id: string | undefined, range: TimeRange): ChartData {
  const { rangeMs } = range;
  const isLive = range.toMs === undefined && rangeMs <= LIVE_WINDOW_MS;
  const series = useSeries(scope, id);
  const isClocked = useIsStale() || series.length === 0;
  // While ticks come they move the chart; only without them the clock does, so that the gap is seen to grow.
  const nowMs = useServerNow(isClocked ? DELIVERY_MS : NEVER_MS);
  const stored = useQuery({ ...metricsQuery(scope, id, range), enabled: !isLive });
  const lastMs = series.at(-1)?.atMs ?? 0;
  const clockMs = Math.floor((nowMs - DELIVERY_MS) / 1_000) * 1_000;
  const liveToMs = isClocked ? Math.max(lastMs, clockMs) : lastMs;
  const toMs = isLive ? liveToMs : (range.toMs ?? stored.data?.toMs ?? liveToMs);
  const points = useMemo(() => {
    if (isLive) return livePoints(series, liveToMs, rangeMs);
    return stored.data ? storedPoints(stored.data) : [];
  }, [isLive, series, liveToMs, rangeMs, stored.data]);
  return { points, domain: [toMs - rangeMs, toMs], isLoading: !isLive && stored.isPending };
}
