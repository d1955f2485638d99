// What of history is too old, by the settings and the present time.
import type { MetricResolution } from "#lib/contracts/metrics.ts";
import type { RetentionSettings } from "#lib/contracts/retention.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long figures of each resolution are kept, in milliseconds. */
export const metricRetentionMs = (settings: RetentionSettings): Record<MetricResolution, number> => ({
  "1s": settings.metricSecondsMinutes * MINUTE,
  "10s": settings.metricTenSecondsHours * HOUR,
  "1m": settings.metricMinutesDays * DAY,
  "5m": settings.metricMinutesDays * DAY,
  "1h": settings.metricHoursDays * DAY,
  "1d": settings.metricHoursDays * DAY,
});

/** What is from before this instant has been kept for `days`; null: nothing ever has. */
export const keptSince = (days: number | null, nowMs: number): number | null =>
  days === null ? null : nowMs - days * DAY;
