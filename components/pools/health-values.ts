// The health check while it is edited: a level's own rhythm may be empty, headers are lines, expectations are rows of text.
import type { FieldFault } from "#lib/client/forms.ts";
import type { CheckLevel, Expectation, HealthCheck } from "#lib/contracts/config.ts";
import { parseStatuses, statusesText } from "./statuses.ts";

/** What is expected of something (a header's name, a JSON path), as both are typed. */
export type ExpectationRow = { kind: Expectation["kind"]; subject: string; operand: string };
export const NEW_EXPECTATION: ExpectationRow = { kind: "body-contains", subject: "", operand: "" };
export const hasSubject = (kind: ExpectationRow["kind"]): boolean => !kind.startsWith("body");
export const hasOperand = (kind: ExpectationRow["kind"]): boolean => kind !== "json-exists";

/** `null`: as the whole; `""`: the field is empty, which means the same. */
type Rhythm = { enabled: boolean; intervalMs: number | string | null; timeoutMs: number | string | null };
type Request = { method: HealthCheck["http"]["method"]; path: string; host: string; headers: string; body: string };
export type HealthValues = Omit<HealthCheck, CheckLevel> & {
  tcp: Rhythm;
  http: Rhythm & Request & { statuses: string };
  business: Rhythm & Request & { statuses: string; maxBodyBytes: number; expect: ExpectationRow[] };
  grpc: Rhythm & { service: string };
};

/** `Name: value` on each line; null when it is not that, or a name comes twice. */
export function parseHeaders(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || Object.hasOwn(headers, name.toLowerCase())) return null;
    headers[name.toLowerCase()] = value ?? "";
  }
  return headers;
}
export const headersText = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

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
  http: { ...http, statuses: statusesText(http.statuses), headers: headersText(http.headers) },
  business: {
    ...business,
    statuses: statusesText(business.statuses),
    headers: headersText(business.headers),
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
  headers: parseHeaders(values.headers) ?? {},
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
      ...(parseHeaders(values[level].headers) ? [] : [fault("headers")]),
    ];
  });

/** A fault within a list is told at the list's field, one of an expectation at its row. */
export const healthPath = (path: string): string =>
  path
    .replace(/^(healthCheck\.(?:http|business)\.(?:statuses|headers))\..*/, "$1")
    .replace(/^(healthCheck\.business\.expect\.\d+)\.(?:name|path)$/, "$1.subject")
    .replace(/^(healthCheck\.business\.expect\.\d+)\.(?:value|pattern|text)$/, "$1.operand");
