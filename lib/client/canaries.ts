// Canaries in the browser: what is read of them, and what is done to them.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { CanaryDetail, CanaryOfChangeSetInput, CanaryOfRevisionInput, CanaryView } from "#lib/contracts/canary.ts";
import { call, type PageOf } from "./api.ts";
import { history } from "./history.ts";

export const canaryKeys = {
  all: ["canaries"],
  running: ["canaries", "running"],
  one: (id: string) => ["canaries", "one", id],
  history: ["canaries", "history"],
} as const;

/** Control looks at it once a second; nobody tells the browser. */
const JUDGED_MS = 1_000;
const LOOK_MS = 5_000;

/** The canary that runs; null: none does, and anything may be published. */
export const runningCanaryQuery = queryOptions({
  queryKey: canaryKeys.running,
  queryFn: async ({ signal }): Promise<CanaryView | null> => {
    const { items } = await call<PageOf<CanaryView>>("/canaries", { signal, query: { limit: 1 } });
    return items.find(({ state }) => state === "running") ?? null;
  },
  refetchInterval: LOOK_MS,
});

export const canaryQuery = (id: string) =>
  queryOptions({
    queryKey: canaryKeys.one(id),
    queryFn: ({ signal }) => call<CanaryDetail>(`/canaries/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data && state.data.state !== "running" ? false : JUDGED_MS),
  });

export const canariesQuery = history<CanaryView>()(canaryKeys.history, "/canaries");

/** @param ifMatch the revision in force that was reviewed against */
export const startCanaryOfChangeSet = (id: string, input: z.input<typeof CanaryOfChangeSetInput>, ifMatch: number) =>
  call<CanaryView>(`/change-sets/${id}/canary`, { method: "POST", body: input, ifMatch });
export const startCanaryOfRevision = (number: number, input: z.input<typeof CanaryOfRevisionInput>, ifMatch: number) =>
  call<CanaryView>(`/revisions/${number}/canary`, { method: "POST", body: input, ifMatch });
export const endCanary = (id: string, how: "promote" | "abort", note: string) =>
  call<CanaryView>(`/canaries/${id}/${how}`, { method: "POST", body: { note } });
