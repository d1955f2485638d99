import type { Field } from "#lib/client/plot.ts";

/** One line of a chart: which figure, its name, and the token of its colour. */
export type Line = {
  field: Field;
  label: string;
  tone: "p50" | "p90" | "p99" | "good" | "bad" | "control" | "canary";
  isFilled?: boolean;
};

const TOKENS: Partial<Record<Line["tone"], string>> = { bad: "bad-fill", control: "off", canary: "accent" };

export const lineColour = (tone: Line["tone"]): string => `var(--gb-${TOKENS[tone] ?? tone})`;
