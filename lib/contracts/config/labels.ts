// Labels: what people call pools and nodes by besides their names (`env=prod`, `team=payments`), and what is said of them to mean
// some alerts: Alertmanager's matchers, over the whole value. Patterns are matched in linear time (../pattern.ts).
import * as z from "zod";
import { parsePattern } from "../pattern.ts";

export const MAX_LABELS = 30;
const MAX_VALUE = 200;

export const LabelName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_./-]{0,62}$/,
    "must be 1 to 63 letters, digits and _ . / -, beginning with a letter or _",
  );
/** One line: it stands in messages and in exports. */
export const LabelValue = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(MAX_VALUE, `must have at most ${MAX_VALUE} characters`)
  .regex(/^[^\p{Cc}]*$/u, "must hold no control characters");

/** By name. A node has its pool's labels, too; its own come before them. */
export const Labels = z
  .record(LabelName, LabelValue)
  .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `must be at most ${MAX_LABELS} labels`)
  .default({});
export type Labels = z.infer<typeof Labels>;

/** `=` and `!=` compare, `=~` and `!~` match a regular expression; each of the whole value. */
export const LABEL_OPS = ["=", "!=", "=~", "!~"] as const;
export type LabelOp = (typeof LABEL_OPS)[number];

/** A label that is not there has the value "", so `env=` takes what has no env. */
export const LabelMatcher = z
  .strictObject({
    name: LabelName,
    op: z.enum(LABEL_OPS, "must have =, !=, =~ or !~ after the name").default("="),
    value: z.string().max(MAX_VALUE),
  })
  .superRefine(({ op, value }, ctx) => {
    if (op === "=" || op === "!=" || value === "") return;
    const parsed = parsePattern(value);
    if (typeof parsed === "string") ctx.addIssue({ code: "custom", path: ["value"], message: `the pattern ${parsed}` });
  });
export type LabelMatcher = z.infer<typeof LabelMatcher>;

/** All of them must fit. */
export const LabelMatchers = z.array(LabelMatcher).max(20).default([]);

/** As people write one: `env=prod`, `team!="a b"`, `zone=~eu-.*`. @returns null: it is not written so */
export function parseLabelMatcher(text: string): { name: string; op: LabelOp; value: string } | null {
  const [, name, op, rest = ""] = /^\s*([^\s=!~"]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (name === undefined || op === undefined) return null;
  const quoted = /^"(.*)"$/s.exec(rest);
  return { name, op: op as LabelOp, value: quoted?.[1] ?? rest };
}

/** Several, parted by commas. A comma begins another one only where that begins as one does: regular expressions hold commas, too. */
export const splitLabelMatchers = (text: string): string[] =>
  text
    .split(/,(?=\s*[A-Za-z_][\w./-]*\s*(?:=|!=|!~))/)
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** As `parseLabelMatcher`; what has no operator is a matcher without one, and refused for that by `LabelMatchers`. */
export const givenLabelMatcher = (text: string): { name: string; op: LabelOp | ""; value: string } =>
  parseLabelMatcher(text) ?? { name: text.trim(), op: "", value: "" };
/** `env=prod,team!=web` in one text, as addresses hold them. */
export const LabelMatcherText = z.preprocess(
  (value) => (typeof value === "string" ? splitLabelMatchers(value).map(givenLabelMatcher) : value),
  LabelMatchers,
);

export const labelMatcherText = ({ name, op, value }: LabelMatcher): string => `${name}${op}${value}`;

/** `env=prod`, one of each label, in the order of their names. */
export const labelTexts = (labels: Labels): string[] =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();
