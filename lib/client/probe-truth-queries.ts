// How well probes agree with real traffic, as the dashboard reads it.
import { queryOptions } from "@tanstack/react-query";
import type { ProbeTruthView } from "#lib/contracts/probe-truth.ts";
import { call } from "./api.ts";

/** A day of minutes: another minute changes little. */
const EVERY_MS = 60_000;

export const probeTruthQuery = (poolId: string, nodeId?: string) =>
  queryOptions({
    queryKey: ["probe-truth", poolId, nodeId ?? null],
    queryFn: ({ signal }) => call<ProbeTruthView>(`/pools/${poolId}/probe-truth`, { signal, query: { nodeId } }),
    refetchInterval: EVERY_MS,
    staleTime: EVERY_MS,
  });
