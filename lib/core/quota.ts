// The span that a quota counts now. All in UTC, as providers of APIs count.
import type { QuotaPeriod } from "#lib/contracts/config.ts";

export interface QuotaSpan {
  readonly startMs: number;
  /** When the next one begins. */
  readonly endMs: number;
}

const MINUTE_MS = 60_000;
const FIXED_MS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS } as const;

/** @param nowMs Unix milliseconds */
export function quotaSpan(per: QuotaPeriod, nowMs: number): QuotaSpan {
  if (per === "month") {
    const now = new Date(nowMs);
    const monthFrom = (month: number) => Date.UTC(now.getUTCFullYear(), month, 1);
    return { startMs: monthFrom(now.getUTCMonth()), endMs: monthFrom(now.getUTCMonth() + 1) };
  }
  const startMs = nowMs - (nowMs % FIXED_MS[per]);
  return { startMs, endMs: startMs + FIXED_MS[per] };
}
