"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import type { Annotation } from "#lib/client/chart-points.ts";
import { ledgerQuery } from "#lib/client/ledger-queries.ts";

/** What publishes, alerts and operators have lines for already needs no second one. */
const TOLD = ["publish", "person", "canary", "unknown"];
const BAD = ["probe", "breaker", "ejection", "cooling"];

/** Shifts of a pool's shares as lines for its charts, each told once: by the node that it came from. Without a pool: none. */
export function useShiftAnnotations(poolId: string | undefined): Annotation[] {
  const t = useTranslations("ledger");
  const { data } = useInfiniteQuery({
    ...ledgerQuery({ poolId: poolId ?? "" }),
    enabled: poolId !== undefined,
    refetchInterval: 15_000,
  });
  return useMemo(
    () =>
      (data?.pages ?? [])
        .flatMap((page) => page.items)
        .filter(({ cause, byNodeId }) => byNodeId === null && !TOLD.includes(cause))
        .map(({ id, at, nodeName, cause, shareBefore, shareAfter }) => ({
          key: `shift ${id}`,
          atMs: Date.parse(at),
          text: t("annotation", { node: nodeName ?? t("gone"), cause: t(`cause.${cause}`) }),
          tone: BAD.includes(cause) && shareAfter < shareBefore ? ("bad" as const) : ("drain" as const),
        })),
    [data, t],
  );
}
