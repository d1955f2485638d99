import { queryOptions } from "@tanstack/react-query";
import type { RetentionView, StorageView } from "#lib/contracts/retention.ts";
import { call } from "./api.ts";
import { keys } from "./queries.ts";

export const retentionQuery = queryOptions({
  queryKey: keys.retention,
  queryFn: ({ signal }) => call<RetentionView>("/retention", { signal }),
});

export const storageQuery = queryOptions({
  queryKey: keys.storage,
  queryFn: ({ signal }) => call<StorageView>("/storage", { signal }),
  refetchInterval: 30_000,
});
