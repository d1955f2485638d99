// Edits of header fields as a form holds them, rows instead of a record, and as the API takes them.
import type { FieldFault } from "#lib/client/forms.ts";
import type { HeaderEdits, HeaderSetting } from "#lib/contracts/config.ts";
import type { HeaderRow } from "./header-rows.tsx";

export type EditValues = { set: HeaderRow[]; remove: string[] };
export const NO_EDITS: EditValues = { set: [], remove: [] };

/** A secret that is there is known by its id alone: its value never comes out. */
export const headerRows = (fields: Record<string, HeaderSetting> | undefined): HeaderRow[] =>
  Object.entries(fields ?? {}).map(([name, value]) => {
    if (typeof value === "string") return { name, value };
    return "secret" in value
      ? { name, value: "", isSecret: true, kept: value.secret }
      : { name, value: value.value, isSecret: true };
  });

export const editValues = ({ set, remove }: HeaderEdits): EditValues => ({ set: headerRows(set), remove: [...remove] });

const isEmpty = (row: HeaderRow): boolean =>
  row.name.trim() === "" && row.value.trim() === "" && row.kept === undefined;

/** A new value, or the one that is there where none was typed. */
export const secretInput = ({ value, kept }: { value: string; kept?: string | undefined }) =>
  value === "" && kept !== undefined ? { secret: kept } : { value: value.trim() };

/** Rows as the record that the API takes; empty rows are none. */
export const headerRecord = (rows: readonly HeaderRow[]): Record<string, string> =>
  Object.fromEntries(rows.filter((row) => !isEmpty(row)).map((row) => [row.name.trim(), row.value.trim()]));

/** The same where values may be secret. */
export const settingRecord = (rows: readonly HeaderRow[]): Record<string, HeaderSetting> =>
  Object.fromEntries(
    rows
      .filter((row) => !isEmpty(row))
      .map((row) => [row.name.trim(), row.isSecret ? secretInput(row) : row.value.trim()]),
  );

export const editsInput = ({ set, remove }: EditValues) => ({
  set: settingRecord(set),
  remove: remove.map((name) => name.trim()).filter((name) => name !== ""),
});

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Two rows for one header, or one without a name, cannot be told by a record; `path` is where the form has the rows. */
export function rowFaults(rows: readonly HeaderRow[], path: readonly string[]): FieldFault[] {
  const seen = new Set<string>();
  return rows.flatMap((row, index) => {
    const name = row.name.trim().toLowerCase();
    if (isEmpty(row)) return [];
    const at = [...path, index, "name"];
    if (!HEADER_NAME.test(name)) return [{ path: at, code: "custom", message: "is not a header name" }];
    if (seen.has(name)) return [{ path: at, code: "repeated-header", message: "" }];
    seen.add(name);
    return [];
  });
}

/** The form's path of a fault in a record of headers, which stands at the row of that header. */
export function rowPath(rows: readonly HeaderRow[], path: string, header: string | number | undefined): string {
  const index = rows.findIndex((row) => row.name.trim().toLowerCase() === String(header).toLowerCase());
  return `${path}.${Math.max(0, index)}.value`;
}

/** The form's path of a fault in edits at `path`: `["set", "x-a"]` at its row, `["remove", 0]` at the whole list. */
export function editPath(values: EditValues, path: string, [list, at]: readonly (string | number)[]): string {
  return list === "set" && at !== undefined ? rowPath(values.set, `${path}.set`, at) : `${path}.${list ?? "remove"}`;
}
