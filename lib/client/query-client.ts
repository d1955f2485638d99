import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api.ts";
import { noteDatabaseError } from "./database.ts";

const signInWhenAsked = (error: unknown): void => {
  if (!(error instanceof ApiError) || error.status !== 401 || window.location.pathname === "/sign-in") return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
};

/** Retries what may pass by itself (no answer, 5xx, 429), never what the server has decided. */
const shouldRetry = (failures: number, error: unknown): boolean =>
  failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429);

/** Data stays until an event of the live stream changes or invalidates it; an old answer stays visible while a new one fails. */
export function makeQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    signInWhenAsked(error);
    noteDatabaseError(client, error);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 30_000, refetchOnWindowFocus: true },
    },
  });
  return client;
}
