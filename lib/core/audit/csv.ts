// Audit entries as CSV (RFC 4180). What an entry holds was written by others: a cell that a spreadsheet would take for a
// formula begins with an apostrophe instead (OWASP, "CSV Injection").
import type { AuditEntry } from "#lib/contracts/access.ts";

const COLUMNS = [
  "id",
  "at",
  "actorKind",
  "actorId",
  "actorName",
  "tokenId",
  "tokenName",
  "address",
  "action",
  "targetKind",
  "targetId",
  "targetName",
  "poolId",
  "revision",
  "before",
  "after",
] as const satisfies (keyof AuditEntry)[];

/** With its line end, as every line has. */
export const AUDIT_CSV_HEAD = `${COLUMNS.join(",")}\r\n`;

/** One entry as a line; what was before and after as JSON, nothing as an empty cell. */
export const auditCsvLine = (entry: AuditEntry): string =>
  `${COLUMNS.map((column) => csvCell(textOf(entry[column]))).join(",")}\r\n`;

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

/** Also the signs that some spreadsheets pass over before they look for a formula. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
