// Whether an answer holds what a business check expects of it, and if not, why.
import { checkDetail } from "#lib/contracts/check-detail.ts";
import type { Expectation } from "#lib/contracts/config.ts";
import { CompiledPattern } from "./pattern.ts";

/** An answer as it was read: names of headers in lower case, values of equal names joined by a comma. */
export interface CheckedAnswer {
  readonly header: (name: string) => string | null;
  readonly body: string;
  /** The body went on beyond what is read. */
  readonly isCut: boolean;
}
export interface Shortcoming {
  readonly reason: string;
  readonly detail: string;
}
type Judge = (answer: CheckedAnswer, json: () => Json) => Shortcoming | null;
type Json = { readonly ok: true; readonly value: unknown } | ({ readonly ok: false } & Shortcoming);

/** Makes the expectations ready once, to judge many answers. The judge tells the first that is not met; null: all are. */
export function compileExpectations(
  expectations: readonly Expectation[],
): (answer: CheckedAnswer) => Shortcoming | null {
  const judges = expectations.map(judgeOf);
  return (answer) => {
    let parsed: Json | undefined;
    const json = () => (parsed ??= parseBody(answer));
    for (const judge of judges) {
      const shortcoming = judge(answer, json);
      if (shortcoming) return shortcoming;
    }
    return null;
  };
}

function judgeOf(expected: Expectation): Judge {
  switch (expected.kind) {
    case "header-equals":
    case "header-matches":
      return headerJudge(expected);
    case "body-contains":
      return ({ body }) =>
        body.includes(expected.text)
          ? null
          : { reason: "body-text-missing", detail: checkDetail("body-lacks", { text: expected.text }) };
    case "body-matches": {
      const pattern = new CompiledPattern(expected.pattern);
      return ({ body }) =>
        patternFault(pattern.matches(body), "body-unmatched", () =>
          checkDetail("body-unlike", { pattern: expected.pattern }),
        );
    }
    default:
      return jsonJudge(expected);
  }
}

function headerJudge(expected: Extract<Expectation, { kind: "header-equals" | "header-matches" }>): Judge {
  const name = expected.name.toLowerCase();
  const pattern = expected.kind === "header-matches" ? new CompiledPattern(expected.pattern) : null;
  return ({ header }) => {
    const value = header(name);
    if (value === null) return { reason: "header-missing", detail: checkDetail("header-missing", { name }) };
    if (expected.kind === "header-equals")
      return value === expected.value
        ? null
        : {
            reason: "header-mismatch",
            detail: checkDetail("header-differs", { name, found: value, expected: expected.value }),
          };
    return patternFault(pattern?.matches(value) ?? null, "header-mismatch", () =>
      checkDetail("header-unlike", { name, found: value, pattern: expected.pattern }),
    );
  };
}

function patternFault(matches: boolean | null, reason: string, detail: () => string): Shortcoming | null {
  if (matches === null) return { reason: "pattern-too-costly", detail: checkDetail("pattern-costly") };
  return matches ? null : { reason, detail: detail() };
}

type JsonExpectation = Extract<Expectation, { path: string }>;

function jsonJudge(expected: JsonExpectation): Judge {
  const steps = stepsOf(expected.path);
  return (_, json) => {
    const document = json();
    if (!document.ok) return document;
    const found = valueAt(document.value, steps);
    if (found === undefined)
      return { reason: "json-missing", detail: checkDetail("json-missing", { path: expected.path }) };
    if (expected.kind === "json-exists" || fulfils(expected, found)) return null;
    const { kind, path, value } = expected;
    return { reason: "json-mismatch", detail: checkDetail(kind, { path, found, expected: value }) };
  };
}

function fulfils(expected: Exclude<JsonExpectation, { kind: "json-exists" }>, found: unknown): boolean {
  switch (expected.kind) {
    case "json-equals":
      return found === expected.value;
    case "json-differs":
      return found !== expected.value;
    case "json-above":
      return typeof found === "number" && found > expected.value;
    case "json-below":
      return typeof found === "number" && found < expected.value;
  }
}

function parseBody({ body, isCut }: CheckedAnswer): Json {
  if (isCut) return { ok: false, reason: "body-too-large", detail: checkDetail("body-cut") };
  try {
    return { ok: true, value: JSON.parse(body) };
  } catch {
    return { ok: false, reason: "json-invalid", detail: checkDetail("body-not-json", { found: body }) };
  }
}

/** `$.a[0]["b c"]` → `["a", 0, "b c"]`. */
const stepsOf = (path: string): (string | number)[] =>
  [...path.matchAll(/\.([^.[]+)|\[(\d+)\]|\["([^"]+)"\]/gu)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );

/** Own members only: `$.constructor` is not there. */
function valueAt(value: unknown, steps: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    if (Array.isArray(found) !== (typeof step === "number")) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}
