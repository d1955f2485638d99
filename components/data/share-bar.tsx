import classes from "./share-bar.module.css";

/**
 * A share of 0–1 as a bar; the number stands beside it. One box with two backgrounds: a drawing of its own in each row of a
 * large fleet is slow to lay out and to paint.
 */
export function ShareBar({ ratio }: { ratio: number }) {
  const percent = Math.min(1, Math.max(0, ratio)) * 100;
  return <span className={classes.bar} style={{ backgroundSize: `${percent}% 100%` }} aria-hidden="true" />;
}
