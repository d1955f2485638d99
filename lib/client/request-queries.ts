// Single requests that were kept, as the dashboard reads them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { RequestExplanation, RequestPage } from "#lib/contracts/requests.ts";
import { call } from "./api.ts";
import { keepPreviousOf } from "./keep-previous.ts";

const PAGE_SIZE = 50;

export type RequestFilter = Partial<
  Record<"poolId" | "nodeId" | "routeId" | "status" | "cause" | "kept" | "path" | "minMs" | "from" | "to", string>
>;

export const requestsQuery = (filter: RequestFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ["requests", filter],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: RequestPage) => page.nextCursor ?? undefined,
    ...keepPreviousOf(filter.poolId, filter.nodeId, filter.routeId),
    queryFn: ({ signal, pageParam }) =>
      call<RequestPage>("/requests", { signal, query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }),
  });

/** What is known of the requests with this id. */
export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ["requests", "one", id],
    queryFn: ({ signal }) => call<RequestExplanation>(`/requests/${encodeURIComponent(id)}`, { signal }),
    retry: false,
  });
