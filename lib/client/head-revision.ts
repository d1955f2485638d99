// Which revision the person is looking at: the base of their edits, sent as If-Match.
import type { QueryClient } from "@tanstack/react-query";
import { healthQuery } from "./queries.ts";

// One's own publish is known from its answer, a moment before the live stream tells everybody.
const OWN_KEY = ["own-revision"] as const;

/** Newest revision that this page knows of; undefined while it knows none. */
export function newestRevision(client: QueryClient): number | undefined {
  const known = [client.getQueryData(healthQuery.queryKey)?.revision, client.getQueryData<number>(OWN_KEY)];
  const numbers = known.filter((revision) => typeof revision === "number");
  return numbers.length > 0 ? Math.max(...numbers) : undefined;
}

/** @returns `revision` */
export function rememberOwnRevision(client: QueryClient, revision: number): number {
  client.setQueryData<number>(OWN_KEY, (before = 0) => Math.max(before, revision));
  return revision;
}
