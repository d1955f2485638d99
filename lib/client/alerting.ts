// Rules, silences and windows of alerts in the browser: what is read of them, and what is done to them.
import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AlertRuleList, BackTest } from "#lib/contracts/alert-rules-api.ts";
import { AlertEvent } from "#lib/contracts/alerts.ts";
import { pageOf } from "#lib/contracts/common.ts";
import type { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import { SilenceView, WindowView } from "#lib/contracts/silences.ts";
import { listOf } from "#lib/contracts/views.ts";
import { call } from "./api.ts";

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
    queryFn: ({ signal }) => call("/alert-rules", AlertRuleList, { signal, query: { changeSet } }),
    // Their faults come and go by themselves.
    refetchInterval: 30_000,
  });

/** Those that are in force or will be, then those that ended last. */
export const silencesQuery = queryOptions({
  queryKey: alertingKeys.silences,
  queryFn: async ({ signal }) =>
    (await call("/silences", pageOf(SilenceView), { signal, query: { limit: 100 } })).items,
  refetchInterval: 10_000,
});
export const windowsQuery = queryOptions({
  queryKey: alertingKeys.windows,
  queryFn: async ({ signal }) => (await call("/maintenance-windows", listOf(WindowView), { signal })).items,
  refetchInterval: 30_000,
});

export const alertEventsQuery = (id: string) =>
  queryOptions({
    queryKey: alertingKeys.events(id),
    queryFn: async ({ signal }) => (await call(`/alerts/${id}/events`, listOf(AlertEvent), { signal })).items,
    refetchInterval: 5_000,
  });

const Changed = z.object({ revision: z.int() });
const Done = z.unknown();

/** Rules are configuration: published at once, or into a change set. */
export const createRule = (rule: AlertRule & { key: string }, changeSet?: string) =>
  call("/alert-rules", Changed, { method: "POST", body: rule, query: { changeSet } });
export const updateRule = (key: string, patch: object, changeSet?: string) =>
  call(`/alert-rules/${key}`, Changed, { method: "PATCH", body: patch, query: { changeSet } });
export const removeRule = (key: string, changeSet?: string) =>
  call(`/alert-rules/${key}`, Done, { method: "DELETE", query: { changeSet } });
export const backTestRule = (rule: object, rangeMs: number) =>
  call("/alert-rules/back-test", BackTest, { method: "POST", body: { rule, rangeMs } });

export const createSilence = (input: object) => call("/silences", SilenceView, { method: "POST", body: input });
export const endSilence = (id: string) => call(`/silences/${id}`, SilenceView, { method: "DELETE" });
export const createWindow = (input: object) =>
  call("/maintenance-windows", WindowView, { method: "POST", body: input });
export const updateWindow = (id: string, input: object) =>
  call(`/maintenance-windows/${id}`, WindowView, { method: "PATCH", body: input });
export const deleteWindow = (id: string) => call(`/maintenance-windows/${id}`, Done, { method: "DELETE" });
export const noteAlert = (id: string, note: string) =>
  call(`/alerts/${id}/notes`, AlertEvent, { method: "POST", body: { note } });
