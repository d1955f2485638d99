import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import type { z } from "zod";
import { pageOf } from "#lib/contracts/common.ts";
import { call } from "./api.ts";

const PAGE_SIZE = 50;

/** Newest-first pages of a history, and how to get the next one. */
export function history<T extends z.ZodType, K extends readonly unknown[]>(
  queryKey: K,
  path: string,
  item: T,
  query: Record<string, string | undefined> = {},
) {
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ signal, pageParam }) =>
      call(path, pageOf(item), { signal, query: { ...query, limit: PAGE_SIZE, cursor: pageParam } }),
  });
}
