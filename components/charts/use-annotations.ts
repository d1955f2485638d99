"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useAlertText } from "#components/alerts/use-alert-text.ts";
import { useShiftAnnotations } from "#components/ledger/use-shift-annotations.ts";
import type { Annotation } from "#lib/client/chart-points.ts";
import { alertHistoryQuery, poolsQuery, recentRevisionsQuery } from "#lib/client/queries.ts";

/** Publishes, alerts, and the drains and maintenances that last, as lines for the charts; of one pool when its id is given. */
export function useAnnotations(poolId?: string): Annotation[] {
  const t = useTranslations("charts");
  const text = useAlertText();
  const revisions = useQuery(recentRevisionsQuery).data;
  const alerts = useInfiniteQuery(alertHistoryQuery(poolId ? { poolId } : {})).data;
  const pools = useQuery(poolsQuery).data;
  const shifts = useShiftAnnotations(poolId);
  return useMemo(
    () => [
      ...shifts,
      // A canary is in force for everybody once it is promoted, and never was when it was rolled back.
      ...(revisions ?? [])
        .filter(({ state }) => state === "published")
        .map((revision) => ({
          key: `revision ${revision.number}`,
          atMs: Date.parse(revision.publishedAt),
          text: t("publish", { number: revision.number }),
          tone: "accent" as const,
        })),
      ...(alerts?.pages.flatMap((page) => page.items) ?? []).map((alert) => ({
        key: `alert ${alert.id}`,
        atMs: Date.parse(alert.firedAt),
        text: text(alert),
        tone: "bad" as const,
      })),
      ...(pools ?? [])
        .filter((pool) => poolId === undefined || pool.id === poolId)
        .flatMap((pool) => pool.nodes)
        .flatMap(({ id, name, facts: { admin } }) =>
          admin.state === "ready"
            ? []
            : [
                {
                  key: `${admin.state} ${id}`,
                  atMs: admin.sinceMs,
                  text: t(admin.state === "drain" ? "drain" : "maintenance", { node: name }),
                  tone: "drain" as const,
                },
              ],
        ),
    ],
    [revisions, alerts, pools, poolId, shifts, t, text],
  );
}
