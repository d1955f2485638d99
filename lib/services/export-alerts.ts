import type { Actor } from "#lib/contracts/access.ts";
import { type Alert, AlertFilter } from "#lib/contracts/alerts.ts";
import { csvCell } from "#lib/core/audit/csv.ts";
import { authorise } from "#lib/services/access.ts";
import { cursorOf, olderThan, readAlerts } from "#lib/services/alerts.ts";
import type { AuditFormat } from "#lib/services/export-audit.ts";
import { parse } from "#lib/services/parse.ts";
import { alertsWhere } from "#lib/store/alert-filter.ts";

const AT_ONCE = 500;
const COLUMNS = [
  "id",
  "rule",
  "ruleKey",
  "ruleName",
  "level",
  "state",
  "subjectKind",
  "subjectName",
  "poolName",
  "nodeName",
  "labels",
  "reason",
  "checkLevel",
  "detail",
  "consecutiveFailures",
  "figures",
  "firedAt",
  "resolvedAt",
  "endCause",
  "acknowledgedAt",
  "acknowledgedBy",
  "acknowledgement",
  "muted",
] as const satisfies (keyof Alert)[];

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};
const FORMATS: Record<AuditFormat, { head: string; line: (alert: Alert) => string }> = {
  csv: {
    head: `${COLUMNS.join(",")}\r\n`,
    line: (alert) => `${COLUMNS.map((column) => csvCell(textOf(alert[column]))).join(",")}\r\n`,
  },
  jsonl: { head: "", line: (alert) => `${JSON.stringify(alert)}\n` },
};

/**
 * Every alert that the filter lets through, newest first, as bytes; read as fast as it is taken.
 * @throws {ServiceError} `forbidden`, `invalid-input`, before anything was sent
 */
export async function exportAlerts(
  actor: Actor,
  query: unknown,
  format: AuditFormat,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  authorise(actor, "viewer");
  const filter = await alertsWhere(parse(AlertFilter, query));
  const { head, line } = FORMATS[format];
  const encoder = new TextEncoder();
  const read = (cursor?: string) => readAlerts([filter, cursor === undefined ? {} : olderThan(cursor)], AT_ONCE);
  // Read before the answer begins: a database that is away is told by a status.
  let next: Alert[] | undefined = await read();
  let prefix = head;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        signal.throwIfAborted();
        const alerts: Alert[] = next ?? [];
        controller.enqueue(encoder.encode(prefix + alerts.map(line).join("")));
        prefix = "";
        const last = alerts.at(-1);
        if (last === undefined || alerts.length < AT_ONCE) return controller.close();
        next = await read(cursorOf(last));
      },
      cancel() {
        next = undefined;
      },
    },
    { highWaterMark: 0 },
  );
}
