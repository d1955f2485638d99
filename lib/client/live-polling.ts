// Figures while the live stream is down: the totals of the last minute over REST. Pools and nodes then show no figure at
// all, since one of unknown age would look like a current one.
import type { MetricSeries } from "#lib/contracts/metrics.ts";
import type { LiveTick } from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import type { LiveStore } from "./live-store.ts";

const RANGE_MS = 60_000;

/** The measured points of a series of totals as ticks; points without measurement are left out. */
export function totalTicks(series: MetricSeries): LiveTick[] {
  return series.points.flatMap((point) => {
    if (point.requestsPerSecond === null) return [];
    const total = {
      requestsPerSecond: point.requestsPerSecond,
      successRatio: point.successRatio,
      p50Ms: point.p50Ms,
      p90Ms: point.p90Ms,
      p99Ms: point.p99Ms,
      inFlight: Math.round(point.inFlight ?? 0),
      queued: Math.round(point.queued ?? 0),
      failuresPerSecond: point.failuresPerSecond ?? 0,
    };
    return [{ atMs: point.atMs, total, pools: [], nodes: [] }];
  });
}

/** Reads the totals into the store; a failure leaves what is there, whose age people see. */
export async function pollFigures(store: LiveStore): Promise<void> {
  const series = await call<MetricSeries>("/metrics", { query: { scope: "all", rangeMs: RANGE_MS } }).catch(() => null);
  if (series) store.add(totalTicks(series), false);
}
