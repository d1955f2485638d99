import { queryOptions } from "@tanstack/react-query";
import { call } from "./api.ts";
import { ApiDescription } from "./api-reference.ts";
import { keys } from "./queries.ts";

/** What the API says of itself: the same until the server is another one. */
export const apiDescriptionQuery = queryOptions({
  queryKey: keys.apiDescription,
  queryFn: async ({ signal }) => ApiDescription.parse(await call<unknown>("/openapi.json", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});
