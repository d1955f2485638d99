// What a check, a look at a node's metrics, a worker that was given a configuration, or the reader of an expression found, beside the code of its reason: a code of its own and what it speaks of, as one line that programs and people can
// read, `http-status found=503 ranges="100–499"`. Each language words it by itself (lib/i18n/detail-text.ts). Rows from before
// hold sentences; these are none of the codes, and are shown as they are.

export const CHECK_DETAILS = [
  "http-status",
  "body-lacks",
  "body-unlike",
  "body-encoded",
  "body-cut",
  "body-short",
  "body-chunks",
  "body-not-json",
  "pattern-costly",
  "header-missing",
  "header-differs",
  "header-unlike",
  "json-missing",
  "json-equals",
  "json-differs",
  "json-above",
  "json-below",
  "answer-malformed",
  "grpc-not-grpc",
  "grpc-too-long",
  "grpc-no-status",
  "grpc-no-answer",
  "grpc-unknown-server",
  "grpc-unknown-service",
  "grpc-no-health",
  "grpc-status",
  "grpc-server-is",
  "grpc-service-is",
  "check-impossible",
  "metrics-redirect",
  "metrics-too-long",
  "metrics-none",
  "metrics-line",
  "document-invalid",
  "secrets-closed",
  "revision-absent",
  "process-refused",
  "proxy-refused",
  "worker-refused",
  "expression-unread",
  "expression-ends",
  "expression-stands",
  "expression-deep",
  "expression-unknown",
  "expression-subject",
  "expression-now",
  "expression-window",
  "expression-long",
] as const;
export type CheckDetail = (typeof CHECK_DETAILS)[number];
/** JSON; of lists and objects only that they are one. */
type Value = string | number | boolean | null | [] | Record<string, never>;
export type DetailValues = Readonly<Record<string, Value>>;

const MAX_SHOWN = 80;
const CODES: ReadonlySet<string> = new Set(CHECK_DETAILS);
const WHOLE = /^([a-z]+(?:-[a-z]+)*)((?: [a-z]+=(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[\]|\{\}))*)$/su;
const ONE = / ([a-z]+)=("(?:[^"\\]|\\.)*"|[^" ]+)/gsu;

/** Whatever a node said, as it is kept: short, and without its members. */
export function foundValue(found: unknown): Value {
  if (typeof found === "string") return found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}…` : found;
  if (typeof found === "number" || typeof found === "boolean") return found;
  if (typeof found !== "object" || found === null) return null;
  return Array.isArray(found) ? [] : {};
}

/** @param values each is cut to what is shown */
export const checkDetail = (code: CheckDetail, values: Readonly<Record<string, unknown>> = {}): string =>
  [code, ...Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(foundValue(value))}`)].join(" ");

const MAX_TOLD = 300;
const MAX_WITHIN = 1_000;
/** Where a value is words of ours, or (`why`) a detail itself, which must stay whole. */
export const longDetail = (code: CheckDetail, values: Readonly<Record<string, string | number>>): string =>
  [
    code,
    ...Object.entries(values).map(
      ([name, value]) =>
        `${name}=${JSON.stringify(typeof value === "string" ? value.slice(0, name === "why" ? MAX_WITHIN : MAX_TOLD) : value)}`,
    ),
  ].join(" ");

/** @returns null: it is a sentence, from before there were codes or from elsewhere */
export function readCheckDetail(text: string): { code: CheckDetail; values: DetailValues } | null {
  const [, code = "", rest = ""] = WHOLE.exec(text) ?? [];
  if (!CODES.has(code)) return null;
  try {
    const values = [...rest.matchAll(ONE)].map(([, name, json]) => [name, JSON.parse(json as string)]);
    return { code: code as CheckDetail, values: Object.fromEntries(values) };
  } catch {
    return null;
  }
}
