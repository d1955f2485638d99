"use client";
import { useMemo } from "react";
import type { TimeRange } from "#lib/client/time-range.ts";
import { useNow } from "#lib/client/use-now.ts";
import type { Alert } from "#lib/contracts/alerts.ts";

/** How long before it fired, and after it ended, an alert's page looks. */
const BESIDE_MS = 900_000;
/** While it fires, what is shown ends now, in steps of this. */
const STEP_MS = 30_000;

/** Around an alert: `range` of charts, and `from` and `to` of lists (ISO 8601; `to` left out: it goes on). */
export type Around = { range: Required<TimeRange>; from: string; to: string | undefined };

export function useAround({ firedAt, resolvedAt }: Pick<Alert, "firedAt" | "resolvedAt">): Around {
  const nowMs = useNow(STEP_MS);
  return useMemo(() => {
    const fromMs = Date.parse(firedAt) - BESIDE_MS;
    const presentMs = Math.max(nowMs, Date.parse(firedAt));
    const endMs = resolvedAt === null ? null : Date.parse(resolvedAt) + BESIDE_MS;
    const isOver = endMs !== null && endMs <= presentMs;
    const toMs = isOver ? endMs : presentMs;
    return {
      range: { rangeMs: toMs - fromMs, toMs },
      from: new Date(fromMs).toISOString(),
      to: isOver ? new Date(endMs).toISOString() : undefined,
    };
  }, [firedAt, resolvedAt, nowMs]);
}
