// Rules, silences and windows of alerts in the browser: what is read of them, and what is done to them.
import { queryOptions } from "@tanstack/react-query";
import type { AlertRuleList, BackTest } from "#lib/contracts/alert-rules-api.ts";
import type { AlertEvent } from "#lib/contracts/alerts.ts";
import type { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import type { SilenceView, WindowView } from "#lib/contracts/silences.ts";
import { call, type ListOf, type PageOf } from "./api.ts";
import { confirming } from "./warning-question.ts";

export const alertingKeys = {
  rules: (changeSet?: string) => ["alert-rules", changeSet ?? null],
  allRules: ["alert-rules"],
  silences: ["silences"],
  windows: ["maintenance-windows"],
  events: (id: string) => ["alerts", "events", id],
} as const;

/** With what a change set makes of them. */
export const alertRulesQuery = (changeSet?: string) =>
  queryOptions({
    queryKey: alertingKeys.rules(changeSet),
    queryFn: ({ signal }) => call<AlertRuleList>("/alert-rules", { signal, query: { changeSet } }),
    // Their faults come and go by themselves.
    refetchInterval: 30_000,
  });

/** Those that are in force or will be, then those that ended last. */
export const silencesQuery = queryOptions({
  queryKey: alertingKeys.silences,
  queryFn: async ({ signal }) =>
    (await call<PageOf<SilenceView>>("/silences", { signal, query: { limit: 100 } })).items,
  refetchInterval: 10_000,
});
export const windowsQuery = queryOptions({
  queryKey: alertingKeys.windows,
  queryFn: async ({ signal }) => (await call<ListOf<WindowView>>("/maintenance-windows", { signal })).items,
  refetchInterval: 30_000,
});

export const alertEventsQuery = (id: string) =>
  queryOptions({
    queryKey: alertingKeys.events(id),
    queryFn: async ({ signal }) => (await call<ListOf<AlertEvent>>(`/alerts/${id}/events`, { signal })).items,
    refetchInterval: 5_000,
  });

type Changed = { revision: number };

/** Rules are configuration: published at once, or into a change set. */
export const createRule = (rule: AlertRule & { key: string }, changeSet?: string) =>
  confirming((confirm) => call<Changed>("/alert-rules", { method: "POST", body: rule, query: { changeSet, confirm } }));
export const updateRule = (key: string, patch: object, changeSet?: string) =>
  confirming((confirm) =>
    call<Changed>(`/alert-rules/${key}`, { method: "PATCH", body: patch, query: { changeSet, confirm } }),
  );
export const removeRule = (key: string, changeSet?: string) =>
  confirming((confirm) => call<unknown>(`/alert-rules/${key}`, { method: "DELETE", query: { changeSet, confirm } }));
export const backTestRule = (rule: object, rangeMs: number) =>
  call<BackTest>("/alert-rules/back-test", { method: "POST", body: { rule, rangeMs } });

export const createSilence = (input: object) => call<SilenceView>("/silences", { method: "POST", body: input });
export const endSilence = (id: string) => call<SilenceView>(`/silences/${id}`, { method: "DELETE" });
export const createWindow = (input: object) =>
  call<WindowView>("/maintenance-windows", { method: "POST", body: input });
export const updateWindow = (id: string, input: object) =>
  call<WindowView>(`/maintenance-windows/${id}`, { method: "PATCH", body: input });
export const deleteWindow = (id: string) => call<unknown>(`/maintenance-windows/${id}`, { method: "DELETE" });
export const noteAlert = (id: string, note: string) =>
  call<AlertEvent>(`/alerts/${id}/notes`, { method: "POST", body: { note } });
