"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useAlertText } from "#components/alerts/use-alert-text.ts";
import { type ShiftAnnotation, useShiftAnnotations } from "#components/ledger/use-shift-annotations.ts";
import { useRange } from "#components/shell/range.tsx";
import type { Annotation } from "#lib/client/chart-points.ts";
import { alertHistoryQuery, poolsQuery, recentRevisionsQuery, revisionsBetweenQuery } from "#lib/client/queries.ts";
import type { TimeRange } from "#lib/client/time-range.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";

/** An order and the shift that it made are told within this. */
const SAME_ORDER_MS = 10_000;

/** The piece of the past that charts look at; undefined: they end now. */
function useBetween({ rangeMs, toMs }: TimeRange) {
  return useMemo(() => {
    if (toMs === undefined) return undefined;
    return { from: new Date(toMs - rangeMs).toISOString(), to: new Date(toMs).toISOString() };
  }, [rangeMs, toMs]);
}

/**
 * Publishes, alerts, what operators ordered and other shifts of shares as lines for the charts; of one pool when its id is
 * given.
 */
export function useAnnotations(poolId?: string): Annotation[] {
  const t = useTranslations("charts");
  const text = useAlertText();
  const between = useBetween(useRange());
  const recent = useQuery({ ...recentRevisionsQuery, enabled: between === undefined }).data;
  const earlier = useQuery({
    ...revisionsBetweenQuery(between ?? { from: "", to: "" }),
    enabled: between !== undefined,
  }).data;
  const revisions = between ? earlier : recent;
  const alerts = useInfiniteQuery(alertHistoryQuery({ ...(poolId && { poolId }), ...between })).data;
  const pools = useQuery(poolsQuery).data;
  const shifts = useShiftAnnotations(poolId, between);
  const orders = useMemo(() => ordersOf(pools ?? [], poolId), [pools, poolId]);
  return useMemo(
    () => [
      ...shifts.filter((shift) => !orders.some((order) => isSameOrder(shift, order))),
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
      ...orders.map(({ id, name, facts: { admin } }) => ({
        key: `${admin.state} ${id}`,
        atMs: admin.sinceMs,
        text: t(admin.state === "drain" ? "drain" : "maintenance", { node: name }),
        tone: "drain" as const,
      })),
    ],
    [revisions, alerts, orders, shifts, t, text],
  );
}

/** Nodes that an operator keeps from serving. */
const ordersOf = (pools: readonly PoolView[], poolId: string | undefined): NodeView[] =>
  pools
    .filter((pool) => poolId === undefined || pool.id === poolId)
    .flatMap((pool) => pool.nodes)
    .filter(({ facts }) => facts.admin.state !== "ready");

/** An order that lasts has words of its own: the shift that it made is not told beside it. */
const isSameOrder = ({ isOfPerson, nodeId, atMs }: ShiftAnnotation, { id, facts }: NodeView): boolean =>
  isOfPerson && nodeId === id && Math.abs(atMs - facts.admin.sinceMs) < SAME_ORDER_MS;
