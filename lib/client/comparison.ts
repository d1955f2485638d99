import { queryOptions } from "@tanstack/react-query";
import type { RevisionComparison } from "#lib/contracts/comparison.ts";
import { call } from "./api.ts";
import { keys } from "./queries.ts";

/**
 * How two revisions differ, either of which may be the older one; 0 is the empty configuration before the first.
 * @param from undefined: the one that `to` was made over, which need not have the number before
 */
export const comparisonQuery = (from: number | undefined, to: number) =>
  queryOptions({
    queryKey: keys.comparison(from, to),
    queryFn: ({ signal }) => call<RevisionComparison>(`/revisions/${to}/comparison`, { signal, query: { from } }),
  });
