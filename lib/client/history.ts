import { infiniteQueryOptions } from "@tanstack/react-query";
import { call, type PageOf } from "./api.ts";
import { keepPreviousOf } from "./keep-previous.ts";

const PAGE_SIZE = 50;
/** Members of a query that say what a history is of; the others choose from it. */
const SUBJECTS = ["poolId", "nodeId", "routeId", "alertId", "channelId", "targetId"] as const;

/** Newest-first pages of a history of `T`, and how to get the next one. Called twice: `K` is left to be inferred. */
export const history =
  <T>() =>
  <K extends readonly unknown[]>(queryKey: K, path: string, query: Record<string, string | undefined> = {}) =>
    infiniteQueryOptions({
      queryKey,
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page: PageOf<T>) => page.nextCursor ?? undefined,
      ...keepPreviousOf(path, ...SUBJECTS.map((name) => query[name])),
      queryFn: ({ signal, pageParam }) =>
        call<PageOf<T>>(path, { signal, query: { ...query, limit: PAGE_SIZE, cursor: pageParam } }),
    });
