import type { ChartPoint } from "#lib/client/chart-points.ts";

/** One line of a chart: which figure, its name, and the token of its colour. */
export type Line = {
  field: Exclude<keyof ChartPoint, "atMs">;
  label: string;
  tone: "p50" | "p99" | "good" | "bad";
  isFilled?: boolean;
};

export const lineColour = (tone: Line["tone"]): string => `var(--gb-${tone === "bad" ? "bad-fill" : tone})`;
