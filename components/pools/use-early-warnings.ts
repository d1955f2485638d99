"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useReadSeries } from "#lib/client/live.tsx";
import { healthQuery } from "#lib/client/queries.ts";
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { type EarlyWarning, earlyWarnings, newEarlyWarnings, type Seen } from "./early-warnings.ts";

const NONE: readonly EarlyWarning[] = [];

/** What is seen of the pool at this moment: figures of every second must not draw a form anew every second. */
function useSeen(poolId: string): () => Seen {
  const series = useReadSeries();
  const workers = useQuery(healthQuery).data?.workers.filter(({ state }) => state === "live").length ?? 1;
  return () => {
    const { inFlight, requestsPerSecond } = series("pool", poolId).at(-1)?.figures ?? {};
    const load =
      typeof inFlight === "number" && typeof requestsPerSecond === "number"
        ? { inFlight, requestsPerSecond }
        : undefined;
    return { load, workers };
  };
}

/** What warnings go by: of a large pool most of what its nodes carry besides is no setting. */
const contentOf = ({ nodes, ...settings }: ConfigPool): string =>
  JSON.stringify([
    settings,
    nodes.map(({ id, url, weight, backup, maxInFlight, rateLimit, credentials }) => [
      id,
      url,
      weight,
      backup,
      maxInFlight,
      rateLimit,
      credentials.length,
    ]),
  ]);

/**
 * Warnings of what the form would make of the pool, judged anew at each edit.
 * @param edited null while what is in the form is not valid: then its faults are told
 * @param only `new`: without those that the pool has as it is
 */
export function useEarlyWarnings(
  pool: PoolView,
  edited: ConfigPool | null,
  only: "new" | "all" = "new",
): readonly EarlyWarning[] {
  const seen = useSeen(pool.id);
  const content = edited && contentOf(edited);
  // biome-ignore lint/correctness/useExhaustiveDependencies: judged by its content, which is made anew at each drawing
  return useMemo(() => {
    if (edited === null) return NONE;
    return only === "new" ? newEarlyWarnings(pool, edited, seen()) : earlyWarnings(pool, edited, seen());
  }, [pool, content, only]);
}
