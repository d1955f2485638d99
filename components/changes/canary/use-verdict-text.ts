"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { poolsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { CanaryView } from "#lib/contracts/canary.ts";

/** Name of a pool; one that is gone, or that only the canary has, by its id. */
export function usePoolName(): (id: string) => string {
  const { data } = useQuery(poolsQuery);
  return (id) => data?.find((pool) => pool.id === id)?.name ?? id;
}

/** Why a canary goes on, or how it ended, in a sentence with the figures that it goes by. */
export function useVerdictText(): (canary: CanaryView) => string {
  const t = useTranslations("canary");
  const formats = useFormats();
  const poolName = usePoolName();
  return ({ reason, evidence, settings, endedBy }) => {
    const { poolId } = evidence;
    const arms = evidence.pools.find((pool) => pool.poolId === poolId) ?? evidence;
    const { control, canary } = arms;
    const of = (figure: (arm: typeof control) => string) => ({ control: figure(control), canary: figure(canary) });
    const where = poolId === null ? "all" : "pool";
    const pool = poolId === null ? "" : poolName(poolId);
    switch (reason) {
      case "success-rate":
        return t(`reason.${reason}`, {
          where,
          pool,
          ...of(({ successRatio }) => formats.success(successRatio)),
          points: settings.maxSuccessDropPoints,
        });
      case "p99":
        return t(`reason.${reason}`, {
          where,
          pool,
          ...of(({ p99Ms }) => formats.msUnit(p99Ms)),
          ratio: formats.decimal(settings.maxP99Ratio),
          slack: formats.msUnit(settings.p99SlackMs),
        });
      case "collecting":
      case "too-few-requests":
        return t(`reason.${reason}`, {
          ...of(({ answered }) => formats.integer(answered)),
          needed: formats.integer(settings.minRequests),
        });
      case "by-hand":
      case "aborted":
        return t(`reason.${reason}`, { who: endedBy ?? "" });
      default:
        return t(`reason.${reason}`);
    }
  };
}
