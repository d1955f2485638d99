// The demo fleet in the browser.
import { queryOptions } from "@tanstack/react-query";
import type { DemoView } from "#lib/contracts/demo.ts";
import { call } from "./api.ts";
import { keys } from "./queries.ts";

/** Publishes tell of most changes of it; that its nodes do not run is seen by looking. */
const LOOK_MS = 15_000;

export const demoQuery = queryOptions({
  queryKey: keys.demo,
  queryFn: ({ signal }) => call<DemoView>("/demo", { signal }),
  refetchInterval: ({ state }) => (state.data?.state === "starting" ? 2_000 : LOOK_MS),
});

/** @throws {ApiError} `conflict` with why there can be none here, `no-worker-answer` */
export const startDemo = () => call<DemoView>("/demo/start", { method: "POST", body: {} });
/** @throws {ApiError} `pool-in-use` while somebody's route leads to one of its pools */
export const stopDemo = () => call<DemoView>("/demo/stop", { method: "POST", body: {} });
