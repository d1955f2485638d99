"use client";
// Whether the server's database answers, for every page: told by the live stream at once, by any call that fails for it, and asked of
// /health while it is lost, which also ends it for who has no stream.
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import type { DatabaseView, HealthView } from "#lib/contracts/views.ts";
import { ApiError, call } from "./api.ts";
import { keys } from "./queries.ts";

const CODE = "database-unavailable";
const ASK_WHILE_LOST_MS = 2_000;

const UP: DatabaseView = { state: "up" };
const lostBy = (error: ApiError, before: DatabaseView | undefined): DatabaseView => {
  if (error.since !== null) return { state: "lost", sinceMs: Date.parse(error.since) };
  return before?.state === "lost" ? before : { state: "lost", sinceMs: Date.now() };
};

const databaseQuery = queryOptions({
  queryKey: keys.database,
  queryFn: async ({ client, signal }): Promise<DatabaseView> => {
    try {
      await call<HealthView>("/health", { signal });
      return UP;
    } catch (error) {
      // Without an answer of that server nothing is known of its database.
      if (!(error instanceof ApiError) || error.code !== CODE)
        return client.getQueryData<DatabaseView>(keys.database) ?? UP;
      return lostBy(error, client.getQueryData<DatabaseView>(keys.database));
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: ({ state }) => (state.data?.state === "lost" ? ASK_WHILE_LOST_MS : false),
});

/** Since when the database is lost, Unix milliseconds; null while it answers, as far as is known. */
export function useDatabaseLost(): number | null {
  const { data } = useQuery(databaseQuery);
  return data?.state === "lost" ? data.sinceMs : null;
}

/** A call that failed: when it is for the database, every page says so. */
export function noteDatabaseError(client: QueryClient, error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== CODE) return;
  client.setQueryData<DatabaseView>(keys.database, (before) => lostBy(error, before));
}
