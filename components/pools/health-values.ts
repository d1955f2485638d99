// The health check while it is edited: a level's own rhythm may be empty, headers are rows, expectations are rows of text.
import { headerRows, rowFaults, rowPath, settingRecord } from "#components/forms/header-edits.ts";
import type { HeaderRow } from "#components/forms/header-rows.tsx";
import type { FieldFault } from "#lib/client/forms.ts";
import { HIDDEN } from "#lib/client/json-diff.ts";
import type { CheckLevel, Expectation, HeaderSetting, HealthCheck } from "#lib/contracts/config.ts";
import { parseStatuses, statusesText } from "./statuses.ts";

/** What is expected of something (a header's name, a JSON path), as both are typed. */
export type ExpectationRow = { kind: Expectation["kind"]; subject: string; operand: string };
export const NEW_EXPECTATION: ExpectationRow = { kind: "body-contains", subject: "", operand: "" };
export const hasSubject = (kind: ExpectationRow["kind"]): boolean => !kind.startsWith("body");
export const hasOperand = (kind: ExpectationRow["kind"]): boolean => kind !== "json-exists";

/** `null`: as the whole; `""`: the field is empty, which means the same. */
type Rhythm = { enabled: boolean; intervalMs: number | string | null; timeoutMs: number | string | null };
type Request = {
  method: HealthCheck["http"]["method"];
  path: string;
  host: string;
  headers: HeaderRow[];
  body: string;
};
export type HealthValues = Omit<HealthCheck, CheckLevel> & {
  tcp: Rhythm;
  http: Rhythm & Request & { statuses: string };
  business: Rhythm & Request & { statuses: string; maxBodyBytes: number; expect: ExpectationRow[] };
  grpc: Rhythm & { service: string };
};

/** For reading: values that are secret are not told. */
export const headersText = (headers: Record<string, HeaderSetting>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : HIDDEN}`)
    .join(", ");

const scalar = (text: string): { value: string | number | boolean | null } | null => {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? null : { value };
  } catch {
    return null;
  }
};
/** `ok` and `"ok"` are the text, `12` the number, `"12"` the text again. */
const jsonOf = (text: string) => scalar(text)?.value ?? (text.trim() === "null" ? null : text);
const textOf = (value: string | number | boolean | null): string =>
  typeof value === "string" && !scalar(value) ? value : JSON.stringify(value);

export function expectationRow(expected: Expectation): ExpectationRow {
  const subject = "name" in expected ? expected.name : "path" in expected ? expected.path : "";
  const { kind } = expected;
  if ("pattern" in expected) return { kind, subject, operand: expected.pattern };
  if ("text" in expected) return { kind, subject, operand: expected.text };
  if (kind === "header-equals") return { kind, subject, operand: expected.value };
  return { kind, subject, operand: "value" in expected ? textOf(expected.value) : "" };
}

/** As the API takes it, whatever was typed: its contract tells what is wrong. */
export function expectationOf({ kind, subject, operand }: ExpectationRow): Record<string, unknown> {
  switch (kind) {
    case "header-equals":
      return { kind, name: subject.trim(), value: operand };
    case "header-matches":
      return { kind, name: subject.trim(), pattern: operand };
    case "body-contains":
      return { kind, text: operand };
    case "body-matches":
      return { kind, pattern: operand };
    case "json-exists":
      return { kind, path: subject.trim() };
    default:
      return { kind, path: subject.trim(), value: jsonOf(operand) };
  }
}

export const healthValues = ({ http, business, ...rest }: HealthCheck): HealthValues => ({
  ...rest,
  http: { ...http, statuses: statusesText(http.statuses), headers: headerRows(http.headers) },
  business: {
    ...business,
    statuses: statusesText(business.statuses),
    headers: headerRows(business.headers),
    expect: business.expect.map(expectationRow),
  },
});

const ownRhythm = ({ intervalMs, timeoutMs }: Rhythm) => ({
  intervalMs: intervalMs === "" ? null : intervalMs,
  timeoutMs: timeoutMs === "" ? null : timeoutMs,
});
const requestInput = <V extends HealthValues["http"] | HealthValues["business"]>(values: V) => ({
  ...values,
  ...ownRhythm(values),
  statuses: parseStatuses(values.statuses) ?? [],
  headers: settingRecord(values.headers),
});

/** The API's input; what cannot be read becomes nothing, which `unreadableHealth` tells. */
export const healthInput = ({ tcp, http, business, grpc, ...rest }: HealthValues) => ({
  ...rest,
  tcp: { ...tcp, ...ownRhythm(tcp) },
  http: requestInput(http),
  business: { ...requestInput(business), expect: business.expect.map(expectationOf) },
  grpc: { ...grpc, ...ownRhythm(grpc) },
});

export const unreadableHealth = (values: HealthValues): FieldFault[] =>
  (["http", "business"] as const).flatMap((level) => {
    const fault = (field: string): FieldFault => ({ path: ["healthCheck", level, field], code: field, message: "" });
    return [
      ...(parseStatuses(values[level].statuses) ? [] : [fault("statuses")]),
      ...rowFaults(values[level].headers, ["healthCheck", level, "headers"]),
    ];
  });

/** A fault of one header stands at its row; null: it is none. */
export function checkHeaderPath(
  [group, level, field, header]: readonly (string | number)[],
  values?: { healthCheck: HealthValues },
): string | null {
  if (group !== "healthCheck" || field !== "headers" || typeof header !== "string") return null;
  if (level !== "http" && level !== "business") return null;
  return rowPath(values?.healthCheck[level].headers ?? [], `healthCheck.${level}.headers`, header);
}

/** A fault within a list is told at the list's field, one of an expectation at its row. */
export const healthPath = (path: string): string =>
  path
    .replace(/^(healthCheck\.(?:http|business)\.statuses)\..*/, "$1")
    .replace(/^(healthCheck\.business\.expect\.\d+)\.(?:name|path)$/, "$1.subject")
    .replace(/^(healthCheck\.business\.expect\.\d+)\.(?:value|pattern|text)$/, "$1.operand");
