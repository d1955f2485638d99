"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ChartPoint, storedPoints } from "#lib/client/chart-points.ts";
import { type Domain, movedBy } from "#lib/client/plot.ts";
import { type MetricTarget, metricsQuery } from "#lib/client/queries.ts";

/** A chart that moves each second asks for the period before this often. */
const STEP_MS = 10_000;

/** The same length of time before `domain`, moved to where that lies; undefined while it is not asked for or not known. */
export function usePrevious(target: MetricTarget, [fromMs, toMs]: Domain, isAsked: boolean): ChartPoint[] | undefined {
  const rangeMs = toMs - fromMs;
  const endMs = Math.ceil(fromMs / STEP_MS) * STEP_MS;
  const { data } = useQuery({
    ...metricsQuery(target, { rangeMs: rangeMs + STEP_MS, toMs: endMs }),
    enabled: isAsked && fromMs > 0,
  });
  return useMemo(() => (isAsked && data ? movedBy(storedPoints(data), rangeMs) : undefined), [isAsked, data, rangeMs]);
}
