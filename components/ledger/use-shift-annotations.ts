"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Annotation } from "#lib/client/chart-points.ts";
import { ledgerQuery } from "#lib/client/ledger-queries.ts";
import { onceARamp } from "#lib/core/ledger/ramps.ts";

/** What publishes and alerts have lines for already needs no second one. */
const TOLD = ["publish", "canary", "unknown"];
const BAD = ["probe", "breaker", "ejection", "cooling"];

/** An operator's order that lasts has a line of its own, where it is known to. */
export type ShiftAnnotation = Annotation & { nodeId: string; isOfPerson: boolean };

/**
 * Shifts of a pool's shares as lines for its charts, each told once: by the node that it came from. Without a pool: none.
 * @param between ISO 8601; left out: the latest
 */
export function useShiftAnnotations(
  poolId: string | undefined,
  between?: { from: string; to: string },
): ShiftAnnotation[] {
  const t = useTranslations("ledger");
  const { data } = useInfiniteQuery({
    ...ledgerQuery({ poolId: poolId ?? "", ...between }),
    enabled: poolId !== undefined,
    refetchInterval: between ? false : 15_000,
  });
  return useMemo(
    () =>
      onceARamp(
        (data?.pages ?? [])
          .flatMap((page) => page.items)
          .filter(({ cause, byNodeId }) => byNodeId === null && !TOLD.includes(cause)),
      ).map(({ id, at, nodeId, nodeName, cause, shareBefore, shareAfter }) => ({
        key: `shift ${id}`,
        nodeId,
        isOfPerson: cause === "person",
        atMs: Date.parse(at),
        text: t("annotation", { node: nodeName ?? t("gone"), cause: t(`cause.${cause}`) }),
        tone: BAD.includes(cause) && shareAfter < shareBefore ? ("bad" as const) : ("drain" as const),
      })),
    [data, t],
  );
}
