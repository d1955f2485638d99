// The heat map of a pool, as the dashboard reads it.
import { queryOptions } from "@tanstack/react-query";
import type { HeatMap } from "#lib/contracts/heat-map.ts";
import { call } from "./api.ts";
import { keepPreviousOf } from "./keep-previous.ts";
import type { TimeRange } from "./time-range.ts";

/** One that ends now is read again as often as a new step can begin. */
export const heatMapQuery = (poolId: string, { rangeMs, toMs }: TimeRange) =>
  queryOptions({
    queryKey: ["metrics", "heat-map", poolId, rangeMs, toMs ?? null],
    queryFn: ({ signal }) => call<HeatMap>(`/pools/${poolId}/heat-map`, { signal, query: { rangeMs, toMs } }),
    ...keepPreviousOf(poolId),
    // Each answer is of another time: comparing thousands of cells with the last ones finds none to keep.
    structuralSharing: false,
    refetchInterval: (query) => {
      const stepMs = Math.max(10_000, query.state.data?.stepMs ?? 10_000);
      return toMs !== undefined && toMs < Date.now() - 2 * stepMs ? false : stepMs;
    },
  });
