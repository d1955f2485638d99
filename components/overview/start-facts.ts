import { useQuery } from "@tanstack/react-query";
import { useSeries } from "#lib/client/live.tsx";
import { topQuery } from "#lib/client/queries.ts";
import { remembered } from "#lib/client/remembered.ts";
import { MONTH_RANGE } from "#lib/client/start-steps.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { isDemoPool } from "#lib/core/demo/fleet.ts";

/** Whether this browser is done with the first steps: all taken, or put away. */
export const startSteps = remembered(
  "gb-start-steps",
  (stored) => stored === "done",
  (isDone) => (isDone ? "done" : "open"),
);

/** Those that are not of the demo fleet. */
export const ownPools = (pools: readonly PoolView[]): PoolView[] => pools.filter(({ id }) => !isDemoPool(id));

/** Whether a pool of one's own ever served a request, as far as the measurements reach back; undefined while that is not known. */
export function useHadTraffic(pools: readonly PoolView[], isWanted: boolean): boolean | undefined {
  const own = ownPools(pools);
  const isDemoThere = own.length < pools.length;
  // The demo's traffic is in the live figures of everything.
  const isLive = useSeries("all", undefined, isWanted && !isDemoThere).some(
    (point) => point.figures.requestsPerSecond > 0,
  );
  const month = useQuery({
    ...topQuery("pool", "requests", undefined, MONTH_RANGE),
    enabled: isWanted && own.length > 0 && !isLive,
  });
  if (own.length === 0) return false;
  if (isLive) return true;
  return month.data?.items.some(({ id }) => !isDemoPool(id));
}
