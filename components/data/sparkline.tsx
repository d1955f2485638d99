import classes from "./sparkline.module.css";

export type Tone = "p50" | "p99" | "good" | "bad" | "mute";
const WIDTH = 180;
const HEIGHT = 24;

/** SVG path of values at even distances, scaled to its box; null breaks the line. */
export function sparkPath(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  // A flat line lies in the middle: at the bottom it would look like zero.
  const y = (value: number) => (span === 0 ? HEIGHT / 2 : HEIGHT - 1 - ((value - low) / span) * (HEIGHT - 2));
  const step = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, index) => {
      if (value === null) return "";
      const starts = index === 0 || values[index - 1] === null;
      return `${starts ? "M" : "L"}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join("");
}

/** A small line without axes; its meaning stands beside it as text. */
export function Sparkline({ values, tone }: { values: readonly (number | null)[]; tone: Tone }) {
  return (
    <svg
      className={classes.line}
      data-tone={tone}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.some((value) => value !== null) && <path d={sparkPath(values)} />}
    </svg>
  );
}
