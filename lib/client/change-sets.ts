// Change sets in the browser: what is read of them, and what is done to them.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  ChangeSetDetail,
  ChangeSetSummary,
  PublishedChangeSet,
  PublishInput,
  ResolveInput,
} from "#lib/contracts/change-sets.ts";
import type { ProxySettings } from "#lib/contracts/config.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";
import { call, type ListOf, type PageOf } from "./api.ts";

export const changeSetKeys = {
  all: ["change-sets"],
  open: ["change-sets", "open"],
  one: (id: string) => ["change-sets", "one", id],
  pools: (id: string) => ["change-sets", "staged", id, "pools"],
  routes: (id: string) => ["change-sets", "staged", id, "routes"],
  proxy: (id: string) => ["change-sets", "staged", id, "proxy"],
} as const;

/** Nobody is told of others' edits: they are seen by the next look. */
const LOOK_MS = 10_000;
const MOST = 200;

/** Everybody's open change sets, the one that was edited last first. */
export const openChangeSetsQuery = queryOptions({
  queryKey: changeSetKeys.open,
  queryFn: async ({ signal }) =>
    (await call<PageOf<ChangeSetSummary>>("/change-sets", { signal, query: { state: "open", limit: MOST } })).items,
  refetchInterval: LOOK_MS,
});

export const changeSetQuery = (id: string) =>
  queryOptions({
    queryKey: changeSetKeys.one(id),
    queryFn: ({ signal }) => call<ChangeSetDetail>(`/change-sets/${id}`, { signal }),
    refetchInterval: LOOK_MS,
  });

/** What a change set makes of the configuration: everything as it would be if it were published now. */
export const stagedPoolsQuery = (id: string) =>
  queryOptions({
    queryKey: changeSetKeys.pools(id),
    queryFn: async ({ signal }) => (await call<ListOf<PoolView>>("/pools", { signal, query: { changeSet: id } })).items,
  });
export const stagedRoutesQuery = (id: string) =>
  queryOptions({
    queryKey: changeSetKeys.routes(id),
    queryFn: async ({ signal }) =>
      (await call<ListOf<RouteView>>("/routes", { signal, query: { changeSet: id } })).items,
  });
export const stagedProxyQuery = (id: string) =>
  queryOptions({
    queryKey: changeSetKeys.proxy(id),
    queryFn: ({ signal }) => call<ProxySettings>("/proxy-settings", { signal, query: { changeSet: id } }),
  });

export const createChangeSet = (name: string) =>
  call<ChangeSetSummary>("/change-sets", { method: "POST", body: { name } });
export const renameChangeSet = (id: string, name: string) =>
  call<ChangeSetSummary>(`/change-sets/${id}`, { method: "PATCH", body: { name } });
export const discardChangeSet = (id: string) => call<unknown>(`/change-sets/${id}`, { method: "DELETE" });
export const unstage = (id: string, operationId: string) =>
  call<ChangeSetSummary>(`/change-sets/${id}/operations/${operationId}`, { method: "DELETE" });
/** All of `operations` again, as they were, or none. */
export const restage = (name: string, operations: readonly ConfigOperation[]) =>
  call<ChangeSetSummary>("/change-sets", { method: "POST", body: { name, operations } });
export const resolveConflicts = (id: string, resolutions: z.input<typeof ResolveInput>["resolutions"]) =>
  call<ChangeSetSummary>(`/change-sets/${id}/resolve`, { method: "POST", body: { resolutions } });
/** @param ifMatch the revision in force that was reviewed against */
export const publishChangeSet = (id: string, input: Partial<PublishInput>, ifMatch: number) =>
  call<z.output<typeof PublishedChangeSet>>(`/change-sets/${id}/publish`, { method: "POST", body: input, ifMatch });
