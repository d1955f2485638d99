// Which series of a Prometheus exposition are meant: a name, and what labels must or must not be. Of PromQL's matchers the two
// that need no regular expression: `node_cpu_seconds_total{mode!="idle",cpu="0"}`.
import { z } from "zod";

export interface LabelMatcher {
  readonly label: string;
  readonly op: "=" | "!=";
  readonly value: string;
}
export interface Selector {
  readonly name: string;
  readonly matchers: readonly LabelMatcher[];
}

const MAX_LENGTH = 500;
const WHOLE = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s*$/s;
const MATCHER = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\["\\n])*)"\s*(,|$)/y;

/** What `\\`, `\"` and `\n` stand for, in selectors as in expositions. */
export const unescaped = (text: string): string =>
  text.includes("\\") ? text.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign)) : text;

/** Reads a selector. Never throws. @returns what is wrong with it, as text, when it is none */
export function parseSelector(text: string): Selector | string {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  const [, name, braced = ""] = WHOLE.exec(text) ?? [];
  if (name === undefined) return 'must be like name or name{label="value"}';
  const inner = braced.trim();
  const matchers: LabelMatcher[] = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < inner.length) {
    const [, label, op, value] = MATCHER.exec(inner) ?? [];
    if (label === undefined || value === undefined) return 'labels must be like label="value" or label!="value"';
    if (op !== "=" && op !== "!=") return `${op} is not known here: labels are compared by = and != only`;
    matchers.push({ label, op, value: unescaped(value) });
  }
  return { name, matchers };
}

/** Pools mostly have the same ones, and a document is read often. */
const known = new Set<string>();
const MAX_KNOWN = 1_000;
function isSelector(text: string): true | string {
  if (text === "" || known.has(text)) return true;
  const parsed = parseSelector(text);
  if (typeof parsed === "string") return parsed;
  if (known.size >= MAX_KNOWN) known.clear();
  known.add(text);
  return true;
}

/** A selector as people write it; empty: none. */
export const SeriesSelector = z
  .string()
  .trim()
  .superRefine((text, ctx) => {
    const message = isSelector(text);
    if (message !== true) ctx.addIssue({ code: "custom", message });
  });
