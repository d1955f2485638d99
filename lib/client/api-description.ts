import { queryOptions } from "@tanstack/react-query";
import { call } from "./api.ts";
import { ApiDescription } from "./api-reference.ts";
import { keys } from "./queries.ts";

/** What the API says of itself: the same until the server is another one. */
export const apiDescriptionQuery = queryOptions({
  queryKey: keys.apiDescription,
  queryFn: ({ signal }) => call("/openapi.json", ApiDescription, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
