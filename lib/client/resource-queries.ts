// What pages read of nodes' CPU, memory and queues; the live stream writes into the same keys.
import { queryOptions } from "@tanstack/react-query";
import type { NodeResourceSeries, NodeResources } from "#lib/contracts/resources.ts";
import { call, type ListOf } from "./api.ts";
import { keepPreviousOf } from "./keep-previous.ts";
import { keys } from "./queries.ts";
import type { TimeRange } from "./time-range.ts";

/** What is known now of a pool's nodes. Read again now and then, too: nothing tells of figures that grow old. */
export const resourcesQuery = (poolId: string) =>
  queryOptions({
    queryKey: keys.resources(poolId),
    queryFn: async ({ signal }) =>
      (await call<ListOf<NodeResources>>("/resources", { signal, query: { poolId } })).items,
    refetchInterval: 15_000,
  });

/** The history of one node's. Its finest step is ten seconds. */
export const nodeResourcesQuery = (nodeId: string, { rangeMs, toMs }: TimeRange) =>
  queryOptions({
    queryKey: keys.nodeResources(nodeId, { rangeMs, toMs }),
    queryFn: ({ signal }) =>
      call<NodeResourceSeries>(`/nodes/${nodeId}/resources`, { signal, query: { rangeMs, toMs } }),
    refetchInterval: 10_000,
    ...keepPreviousOf(nodeId),
  });
