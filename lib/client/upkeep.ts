import { queryOptions } from "@tanstack/react-query";
import { RetentionView, StorageView } from "#lib/contracts/retention.ts";
import { call } from "./api.ts";
import { keys } from "./queries.ts";

export const retentionQuery = queryOptions({
  queryKey: keys.retention,
  queryFn: ({ signal }) => call("/retention", RetentionView, { signal }),
});

export const storageQuery = queryOptions({
  queryKey: keys.storage,
  queryFn: ({ signal }) => call("/storage", StorageView, { signal }),
  refetchInterval: 30_000,
});
