"use client";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Consequence } from "#components/forms/confirm-dialog.tsx";
import { preflightQuery } from "#lib/client/node-operations.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodePreflight, PoolPreflight, Preflight, Removal } from "#lib/contracts/node-operations.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";

/** Part of the capacity below which what is left is marked. */
const LITTLE_LEFT_RATIO = 0.5;

export type PreflightTold = {
  consequences: Consequence[];
  /** Why it is not safe. */
  warning?: string;
  /** Then to be typed: the node's name, or the pool's for several. */
  typedName?: string;
  isUnsafe: boolean;
  /** Nothing is known yet: what is confirmed must have been seen. */
  isBlocked: boolean;
  error: unknown;
};

/** What it means to the pool when `nodes` take no more requests, as the server judges it; read again while it is on screen. */
export function usePreflight(pool: PoolView, nodes: readonly NodeView[], action: Removal): PreflightTold {
  const t = useTranslations("nodes.preflight");
  const query = useQuery(
    preflightQuery(
      nodes.map(({ id }) => id),
      action,
    ),
  );
  const tell = useTell();
  const judged = query.data?.pools[0];
  if (!query.data || !judged)
    return { consequences: tell.pending(nodes.length), isUnsafe: false, isBlocked: true, error: query.error };
  const isUnsafe = judged.risks.length > 0;
  const needed = { pool: pool.name, needed: judged.peakInFlight ?? 0, left: judged.after.slots ?? 0 };
  return {
    consequences: tell.all(query.data, judged),
    warning: isUnsafe ? t(judged.risks.includes("last-node") ? "last" : "overCapacity", needed) : undefined,
    typedName: isUnsafe ? (nodes.length === 1 ? nodes[0]?.name : pool.name) : undefined,
    isUnsafe,
    isBlocked: false,
    error: null,
  };
}

function useTell() {
  const t = useTranslations("nodes.preflight");
  const formats = useFormats();
  const wait = (label: string): Consequence => ({ label, value: <Skeleton width={120} height={16} /> });
  return {
    pending: (count: number) => [
      wait(t("capacity", { count })),
      wait(t("usable")),
      wait(t("inFlight")),
      wait(t("sessions")),
      wait(t("empty")),
    ],
    all: ({ nodes }: Preflight, pool: PoolPreflight): Consequence[] => [
      { label: t("capacity", { count: pool.nodeIds.length }), ...capacity(pool, t, formats) },
      {
        label: t("usable"),
        value: t("change", { before: pool.before.serving, after: pool.after.serving }),
        tone: toneOf(pool),
      },
      { label: t("inFlight"), value: formats.integer(sumOf(nodes, ({ inFlight }) => inFlight)) },
      { label: t("sessions"), value: sessions(nodes, t, formats) },
      { label: t("empty"), value: empty(nodes, t, formats) },
    ],
  };
}

type Words = ReturnType<typeof useTranslations<"nodes.preflight">>;
type Formats = ReturnType<typeof useFormats>;

function toneOf({ after, before, capacityLeftRatio, risks }: PoolPreflight): Consequence["tone"] {
  if (risks.length > 0 || (after.serving === 0 && before.serving > 0)) return "bad";
  return capacityLeftRatio !== null && capacityLeftRatio < LITTLE_LEFT_RATIO ? "warn" : "good";
}

function capacity(pool: PoolPreflight, t: Words, formats: Formats): Pick<Consequence, "value" | "tone"> {
  const { capacityLeftRatio: left, before, after, peakInFlight } = pool;
  if (left === null) return { value: t("capacityUnknown") };
  const told = t("capacityValue", {
    left: formats.percent(left),
    change: formats.percent(left - 1).replace("-", "−"),
  });
  const isMeasured = after.slots !== null && before.slots !== null && before.slots > 0 && peakInFlight !== null;
  const peak = isMeasured ? t("peak", { needed: formats.percent(peakInFlight / (before.slots ?? 1)) }) : null;
  return { value: [told, peak].filter(Boolean).join(" · "), tone: toneOf(pool) };
}

/** Null as soon as one of them is not known. */
function sumOf(nodes: readonly NodePreflight[], of: (node: NodePreflight) => number | null): number | null {
  return nodes.reduce<number | null>((sum, node) => {
    const one = of(node);
    return sum === null || one === null ? null : sum + one;
  }, 0);
}

function sessions(nodes: readonly NodePreflight[], t: Words, formats: Formats): string {
  if (nodes.every(({ sessions: each }) => each.state === "none")) return t("sessionsNone");
  const count = sumOf(nodes, ({ sessions: each }) => (each.state === "counted" ? each.count : null));
  return count === null ? t("sessionsNotCounted") : t("sessionsCounted", { count: formats.integer(count) });
}

/** The last of them to be empty: all are waited for at once. */
function empty(nodes: readonly NodePreflight[], t: Words, formats: Formats): string {
  const times = nodes.map(({ emptyInMs }) => emptyInMs);
  if (times.some((time) => time === null)) return t("emptyUnknown");
  const longestMs = Math.max(...times.map((time) => time ?? 0));
  if (longestMs === 0) return t("emptyNow");
  return t("emptyIn", { time: formats.duration(Math.max(1_000, Math.ceil(longestMs / 1_000) * 1_000)) });
}
