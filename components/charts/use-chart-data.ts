"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useComparison, useRangeSteps } from "#components/shell/range.tsx";
import { type ChartPoint, livePoints, storedPoints } from "#lib/client/chart-points.ts";
import { useIsStale, useLeavesNodesOut, useSeries, useServerNow } from "#lib/client/live.tsx";
import { LIVE_WINDOW_MS, type LiveScope } from "#lib/client/live-store.ts";
import type { Domain } from "#lib/client/plot.ts";
import { type MetricTarget, metricsQuery } from "#lib/client/queries.ts";
import type { TimeRange } from "#lib/client/time-range.ts";
import type { MetricScope } from "#lib/contracts/metrics.ts";
import { usePrevious } from "./use-previous.ts";

export type ChartData = {
  points: ChartPoint[];
  domain: Domain;
  isLoading: boolean;
  /** It moves every few seconds. */
  isLive?: boolean;
  /** Why there is nothing to draw, and how to ask again. */
  error?: unknown;
  retry?: () => void;
  /** The period before, moved to where the present one lies, while the page compares. */
  previous?: ChartPoint[] | undefined;
  /** Given where there are other ranges to look at. */
  zoomTo?: (fromMs: number, toMs: number) => void;
  zoomOut?: () => void;
};

/** The newest second that can have been measured and delivered. */
const DELIVERY_MS = 1_000;
const NEVER_MS = 86_400_000;

/** Of what each second is told as it ends. */
const liveScopeOf = (scope: MetricScope): LiveScope | null => (scope === "route" || scope === "class" ? null : scope);

/** Points of a series: the live seconds of everything, a pool or a node for ranges that they cover, else what is stored. */
export function useChartData(target: MetricTarget, range: TimeRange): ChartData {
  const { rangeMs } = range;
  const liveScope = liveScopeOf(target.scope);
  const isLive = liveScope !== null && range.toMs === undefined && rangeMs <= LIVE_WINDOW_MS;
  const series = useSeries(liveScope ?? "all", target.id, isLive);
  const isClocked = useIsStale() || series.length === 0;
  // While ticks come they move the chart; only without them the clock does, so that the gap is seen to grow.
  const nowMs = useServerNow(isLive && isClocked ? DELIVERY_MS : NEVER_MS);
  const hasHoles = useLeavesNodesOut() && isLive && liveScope === "node";
  const query = metricsQuery(target, range);
  const stored = useQuery({
    ...query,
    enabled: !isLive || hasHoles,
    // What is missing of the past is read once, and again after the stream was away.
    refetchInterval: isLive ? false : query.refetchInterval,
  });
  const lastMs = series.at(-1)?.atMs ?? 0;
  const clockMs = Math.floor((nowMs - DELIVERY_MS) / 1_000) * 1_000;
  const liveToMs = isClocked ? Math.max(lastMs, clockMs) : lastMs;
  const toMs = isLive ? liveToMs : (range.toMs ?? stored.data?.toMs ?? liveToMs);
  const fromMs = toMs - rangeMs;
  const points = useMemo(() => {
    if (isLive) return livePoints(series, liveToMs, rangeMs, hasHoles ? stored.data : undefined);
    return stored.data ? storedPoints(stored.data) : [];
  }, [isLive, hasHoles, series, liveToMs, rangeMs, stored.data]);
  const previous = usePrevious(target, [fromMs, toMs], useComparison().isComparing);
  const steps = useRangeSteps();
  const isLoading = !isLive && stored.isPending;
  const error = !isLive && stored.data === undefined ? (stored.error ?? undefined) : undefined;
  const retry = stored.refetch;
  return useMemo(
    () => ({ points, domain: [fromMs, toMs], isLoading, isLive, error, retry, previous, ...steps }),
    [points, fromMs, toMs, isLoading, isLive, error, retry, previous, steps],
  );
}
