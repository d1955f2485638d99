// Which series of a Prometheus exposition are meant: a name, and what labels must or must not be, by PromQL's matchers:
// `node_cpu_seconds_total{mode!~"idle|iowait|steal",cpu="0"}`. A pattern is one that can be matched in linear time.
import { z } from "zod";
import { parsePattern } from "../pattern.ts";

export interface LabelMatcher {
  readonly label: string;
  /** `=~` and `!~`: the whole of the label's value is compared with a pattern. */
  readonly op: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}
export interface Selector {
  readonly name: string;
  readonly matchers: readonly LabelMatcher[];
}

const MAX_LENGTH = 500;
const LABELS = 'labels must be like label="value", label!="value", label=~"pattern" or label!~"pattern"';
const WHOLE = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s*$/s;
const MATCHER = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\["\\n])*)"\s*(,|$)/y;

/** What `\\`, `\"` and `\n` stand for, in selectors as in expositions. */
export const unescaped = (text: string): string =>
  text.includes("\\") ? text.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign)) : text;

/** A pattern that stands for the whole of a value, as in PromQL. */
export const wholeValue = (pattern: string): string => `^(?:${pattern})$`;

function patternFault({ label, op, value }: LabelMatcher): string | null {
  if (op === "=" || op === "!=") return null;
  // By itself first: brackets that it closes too early would fit with those around it.
  const parsed = [value, wholeValue(value)].map(parsePattern).find((tree) => typeof tree === "string");
  return parsed === undefined ? null : `the pattern of ${label} ${parsed}`;
}

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
    if (label === undefined || value === undefined) return LABELS;
    const matcher = { label, op: op as LabelMatcher["op"], value: unescaped(value) };
    const fault = patternFault(matcher);
    if (fault !== null) return fault;
    matchers.push(matcher);
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
