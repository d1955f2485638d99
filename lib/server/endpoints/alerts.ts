import {
  AlertRuleCreate,
  AlertRuleList,
  AlertRuleView,
  BackTest,
  BackTestInput,
} from "#lib/contracts/alert-rules-api.ts";
import { Acknowledgement, Alert, AlertEvent, AlertFilter, AlertNote, AlertQuery } from "#lib/contracts/alerts.ts";
import { pageOf } from "#lib/contracts/common.ts";
import { Patch } from "#lib/contracts/config.ts";
import { listOf, Mutated } from "#lib/contracts/views.ts";
import { configuration, published, removed } from "#lib/server/answers.ts";
import { type Endpoint, type GuardedEndpoint, param, targetOf } from "#lib/server/endpoint.ts";
import { acknowledgeAlert } from "#lib/services/acknowledge-alert.ts";
import { backTest } from "#lib/services/alert-rules/back-test.ts";
import {
  alertMetrics,
  createAlertRule,
  deleteAlertRule,
  getAlertRule,
  listAlertRules,
  listRuleFaults,
  listUnknownRules,
  updateAlertRule,
} from "#lib/services/alert-rules/rules.ts";
import { listAlertEvents, noteAlert } from "#lib/services/alert-timeline.ts";
import { getAlert, listAlerts } from "#lib/services/alerts.ts";
import { exportAlerts } from "#lib/services/export-alerts.ts";
import type { AuditFormat } from "#lib/services/export-audit.ts";

const tag = "Alerts";
const TYPES = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson; charset=utf-8" };

const alertExport = (format: AuditFormat, summary: string): GuardedEndpoint => ({
  method: "GET",
  path: `/alerts/export.${format}`,
  operationId: format === "csv" ? "exportAlertsCsv" : "exportAlertsJsonLines",
  tag,
  summary,
  description:
    "Everything that the filter lets through, newest first, streamed. An answer that breaks off is not whole.",
  role: "viewer",
  query: AlertFilter,
  streams: TYPES[format],
  handle: async ({ query, signal }, actor) => ({
    stream: await exportAlerts(actor, query, format, signal),
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="alerts-${new Date().toISOString().slice(0, 10)}.${format}"`,
      "cache-control": "no-store, no-transform",
    },
  }),
});

const HISTORY: Endpoint[] = [
  {
    method: "GET",
    path: "/alerts",
    operationId: "listAlerts",
    tag,
    summary: "Alerts, the one that fired last first",
    role: "viewer",
    query: AlertQuery,
    output: pageOf(Alert),
    handle: async ({ query }, actor) => ({ body: await listAlerts(actor, query) }),
  },
  alertExport("csv", "Alerts as CSV"),
  alertExport("jsonl", "Alerts as JSON lines"),
  {
    method: "GET",
    path: "/alerts/{id}",
    operationId: "getAlert",
    tag,
    summary: "Read an alert",
    role: "viewer",
    output: Alert,
    handle: async (call, actor) => ({ body: await getAlert(actor, param(call, "id")) }),
  },
  {
    method: "GET",
    path: "/alerts/{id}/events",
    operationId: "listAlertEvents",
    tag,
    summary: "What happened to an alert, oldest first",
    role: "viewer",
    output: listOf(AlertEvent),
    handle: async (call, actor) => ({ body: { items: await listAlertEvents(actor, param(call, "id")) } }),
  },
  {
    method: "POST",
    path: "/alerts/{id}/acknowledge",
    operationId: "acknowledgeAlert",
    tag,
    summary: "Take a firing alert on",
    description: "Everybody sees who, since when, and the note. It goes on firing until its cause is gone.",
    role: "operator",
    input: Acknowledgement,
    output: Alert,
    problems: ["conflict"],
    handle: async (call, actor) => ({ body: await acknowledgeAlert(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/alerts/{id}/notes",
    operationId: "noteAlert",
    tag,
    summary: "Add a note to an alert's timeline",
    role: "operator",
    input: AlertNote,
    output: AlertEvent,
    status: 201,
    handle: async (call, actor) => ({ body: await noteAlert(actor, param(call, "id"), call.input) }),
  },
];

const RULES: Endpoint[] = [
  {
    method: "GET",
    path: "/alert-rules",
    operationId: "listAlertRules",
    tag,
    summary: "The rules of alerts, and the figures that expressions may speak of",
    description:
      "Those that come with the product first. They are configuration: changes are revisions. `faults`: what keeps rules in force from being judged; `unknown`: rules that a newer version stored, of kinds that this one does not know.",
    role: "viewer",
    readsChangeSet: true,
    output: AlertRuleList,
    handle: async (call, actor) => {
      const rules = await listAlertRules(actor, call.changeSet);
      const [faults, unknown] = [await listRuleFaults(actor), await listUnknownRules(actor)];
      return configuration(rules, { items: rules.entity, metrics: alertMetrics(), faults, unknown });
    },
  },
  {
    method: "POST",
    path: "/alert-rules",
    operationId: "createAlertRule",
    tag,
    summary: "Add a rule",
    role: "publisher",
    input: AlertRuleCreate,
    output: Mutated(AlertRuleView.shape),
    status: 201,
    publishes: true,
    problems: ["duplicate-name"],
    handle: async (call, actor) => {
      const { body, headers } = published(await createAlertRule(actor, call.input, targetOf(call)));
      const { key } = body as { key: string };
      return { body, headers: { ...headers, location: `/api/v1/alert-rules/${key}` } };
    },
  },
  {
    method: "POST",
    path: "/alert-rules/back-test",
    operationId: "backTestAlertRule",
    tag,
    summary: "When a rule would have fired in the past",
    description:
      "On stored measurements or flips of nodes, by the pools and nodes as they are now. `notes` say where that is less " +
      "exact than the rule is from now on; of some kinds there is no history. Changes nothing.",
    role: "viewer",
    input: BackTestInput,
    output: BackTest,
    handle: async ({ input }, actor) => ({ body: await backTest(actor, input) }),
  },
  {
    method: "GET",
    path: "/alert-rules/{id}",
    operationId: "getAlertRule",
    tag,
    summary: "Read a rule, by its key",
    role: "viewer",
    readsChangeSet: true,
    output: AlertRuleView,
    handle: async (call, actor) => configuration(await getAlertRule(actor, param(call, "id"), call.changeSet)),
  },
  {
    method: "PATCH",
    path: "/alert-rules/{id}",
    operationId: "updateAlertRule",
    tag,
    summary: "Change a rule, by its key",
    description: "Fields left out stay, those of `condition` too unless its kind changes.",
    role: "publisher",
    input: Patch,
    output: Mutated(AlertRuleView.shape),
    publishes: true,
    handle: async (call, actor) =>
      published(await updateAlertRule(actor, param(call, "id"), call.input, targetOf(call))),
  },
  {
    method: "DELETE",
    path: "/alert-rules/{id}",
    operationId: "deleteAlertRule",
    tag,
    summary: "Remove a rule, by its key; one that came with the product is as it came again",
    role: "publisher",
    status: 204,
    publishes: true,
    handle: async (call, actor) => removed(await deleteAlertRule(actor, param(call, "id"), targetOf(call))),
  },
];

export const ALERT_ENDPOINTS: Endpoint[] = [...HISTORY, ...RULES];
