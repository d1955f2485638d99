import { AuditEntry, AuditFilter, AuditQuery } from "#lib/contracts/access.ts";
import { pageOf } from "#lib/contracts/common.ts";
import { ComparisonQuery, RevisionComparison } from "#lib/contracts/comparison.ts";
import { Mutated, RevisionDetail, RevisionQuery, RevisionSummary } from "#lib/contracts/views.ts";
import { published } from "#lib/server/answers.ts";
import { type Endpoint, type GuardedEndpoint, param, targetOf } from "#lib/server/endpoint.ts";
import { type AuditFormat, exportAudit } from "#lib/services/export-audit.ts";
import { listAudit } from "#lib/services/list-audit.ts";
import { compareRevisions } from "#lib/services/revisions/compare-revisions.ts";
import { getRevision, listRevisions } from "#lib/services/revisions/read-revisions.ts";
import { RollBackInput, rollBack } from "#lib/services/revisions/roll-back.ts";

const AUDIT_TYPES = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson; charset=utf-8" };

const auditExport = (format: AuditFormat, summary: string): GuardedEndpoint => ({
  method: "GET",
  path: `/audit/export.${format}`,
  operationId: format === "csv" ? "exportAuditCsv" : "exportAuditJsonLines",
  tag: "Audit",
  summary,
  description:
    "Everything that the filter lets through, newest first, streamed. An answer that breaks off is not whole. " +
    (format === "csv" ? "Cells that a spreadsheet would take for a formula begin with an apostrophe." : ""),
  role: "operator",
  query: AuditFilter,
  streams: AUDIT_TYPES[format],
  handle: async ({ query, signal }, actor) => ({
    stream: await exportAudit(actor, query, format, signal),
    headers: {
      "content-type": AUDIT_TYPES[format],
      "content-disposition": `attachment; filename="audit-${new Date().toISOString().slice(0, 10)}.${format}"`,
      // Whoever compresses would collect it first.
      "cache-control": "no-store, no-transform",
    },
  }),
});

export const HISTORY_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/revisions",
    operationId: "listRevisions",
    tag: "Revisions",
    summary: "Published configurations, newest first",
    role: "viewer",
    query: RevisionQuery,
    output: pageOf(RevisionSummary),
    handle: async ({ query }, actor) => ({ body: await listRevisions(actor, query) }),
  },
  {
    method: "GET",
    path: "/revisions/{number}",
    operationId: "getRevision",
    tag: "Revisions",
    summary: "A revision, and how it differs from the one before",
    role: "viewer",
    output: RevisionDetail,
    handle: async (call, actor) => ({ body: await getRevision(actor, param(call, "number")) }),
  },
  {
    method: "GET",
    path: "/revisions/{number}/comparison",
    operationId: "compareRevisions",
    tag: "Revisions",
    summary: "How a revision differs from any other one",
    description:
      "Field by field, and with each node's share of its pool's requests before and after, as the nodes are now. `from` may be a later revision, too.",
    role: "viewer",
    query: ComparisonQuery,
    output: RevisionComparison,
    handle: async (call, actor) => ({ body: await compareRevisions(actor, param(call, "number"), call.query) }),
  },
  {
    method: "POST",
    path: "/revisions/{number}/rollback",
    operationId: "rollBack",
    tag: "Revisions",
    summary: "Publish an earlier configuration again",
    description: "Makes a new revision with the same content: history only grows. Admin states are left alone.",
    role: "publisher",
    input: RollBackInput,
    output: Mutated(RevisionSummary.shape),
    publishes: true,
    handle: async (call, actor) => published(await rollBack(actor, param(call, "number"), call.input, targetOf(call))),
  },
  {
    method: "GET",
    path: "/audit",
    operationId: "listAudit",
    tag: "Audit",
    summary: "Who did what, newest first",
    role: "operator",
    query: AuditQuery,
    output: pageOf(AuditEntry),
    handle: async ({ query }, actor) => ({ body: await listAudit(actor, query) }),
  },
  auditExport("csv", "Who did what, as CSV"),
  auditExport("jsonl", "Who did what, as JSON lines"),
];
