// Node × time: how long a step is, so that a map is read at a glance and costs no more than a chart, and its values.
import type { HeatMapQuery } from "#lib/contracts/heat-map.ts";
import type { MetricResolution } from "#lib/contracts/metrics.ts";
import { METRIC_RESOLUTIONS } from "#lib/contracts/metrics.ts";
import { groupBy } from "./group-by.ts";
import type { RollUp } from "./roll-up.ts";
import { planSeries, type SeriesPlan, toSeries } from "./series.ts";

const MAX_COLUMNS = 60;
/** Each span has a histogram that is unpacked and merged: more than this would take seconds. */
const MAX_SPANS = 60_000;
/** Seconds are stored as whole frames of the fleet, far too large to be read for a map. */
const FINEST = ["10s", "1m", "5m", "1h", "1d"] as const satisfies readonly MetricResolution[];

/** The finest plan that does not read too much of the stored spans of `nodeCount` nodes. */
export function planHeatMap(
  query: HeatMapQuery,
  nowMs: number,
  retentionMs: Record<MetricResolution, number>,
  nodeCount: number,
): SeriesPlan {
  const plans = FINEST.map((finest) => {
    const kept = { ...retentionMs };
    for (const name of ["1s", ...FINEST] as const)
      if (METRIC_RESOLUTIONS[name] < METRIC_RESOLUTIONS[finest]) kept[name] = 0;
    return planSeries(query, nowMs, kept, MAX_COLUMNS);
  });
  const spansOf = ({ fromMs, toMs, resolution }: SeriesPlan) =>
    (nodeCount * (toMs - fromMs)) / METRIC_RESOLUTIONS[resolution];
  return plans.find((plan) => spansOf(plan) <= MAX_SPANS) ?? (plans.at(-1) as SeriesPlan);
}

export type HeatRow = { p99Ms: (number | null)[]; errorRatio: (number | null)[] };

/** Values by node, from stored spans of the plan's resolution, of any workers. A node without spans has no row. */
export function heatRows(plan: SeriesPlan, spans: readonly RollUp[]): Map<string, HeatRow> {
  const rows = groupBy(spans, ({ targetId }) => targetId).map((own): [string, HeatRow] => {
    const points = toSeries(plan, own);
    return [
      (own[0] as RollUp).targetId,
      {
        p99Ms: points.map(({ p99Ms }) => p99Ms),
        errorRatio: points.map(({ successRatio }) => (successRatio === null ? null : 1 - successRatio)),
      },
    ];
  });
  return new Map(rows);
}
