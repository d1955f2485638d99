import { type Actor, type AuditEntry, AuditFilter } from "#lib/contracts/access.ts";
import { AUDIT_CSV_HEAD, auditCsvLine } from "#lib/core/audit/csv.ts";
import { authorise } from "#lib/services/access.ts";
import { parse } from "#lib/services/parse.ts";
import { readAudit } from "#lib/store/audit-log.ts";
import { db } from "#lib/store/db.ts";

export type AuditFormat = "csv" | "jsonl";

const AT_ONCE = 500;
const FORMATS: Record<AuditFormat, { head: string; line: (entry: AuditEntry) => string }> = {
  csv: { head: AUDIT_CSV_HEAD, line: auditCsvLine },
  jsonl: { head: "", line: (entry) => `${JSON.stringify(entry)}\n` },
};

/**
 * Every entry that the filter lets through, newest first, as bytes. The next part is read when the one before was taken, so
 * that neither a large audit nor a slow reader fills memory; what is written meanwhile is not in it. A fault half way breaks
 * the stream off: a part must not pass for the whole.
 * @throws {ServiceError} `forbidden`, `invalid-input`, before anything was sent
 */
export async function exportAudit(
  actor: Actor,
  query: unknown,
  format: AuditFormat,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  authorise(actor, "operator");
  const filter = parse(AuditFilter, query);
  const { head, line } = FORMATS[format];
  const encoder = new TextEncoder();
  const read = (before?: bigint) => readAudit(db(), filter, { before, limit: AT_ONCE });
  // Read before the answer begins: a database that is away is told by a status.
  let next: AuditEntry[] | undefined = await read();
  let prefix = head;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        signal.throwIfAborted();
        const entries: AuditEntry[] = next ?? [];
        controller.enqueue(encoder.encode(prefix + entries.map(line).join("")));
        prefix = "";
        const last = entries.at(-1);
        if (last === undefined || entries.length < AT_ONCE) return controller.close();
        next = await read(BigInt(last.id));
      },
      cancel() {
        next = undefined;
      },
    },
    { highWaterMark: 0 },
  );
}
