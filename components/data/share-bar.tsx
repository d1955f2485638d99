import classes from "./share-bar.module.css";

/** A share of 0–1 as a bar; the number stands beside it. */
export function ShareBar({ ratio }: { ratio: number }) {
  return (
    <svg className={classes.bar} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className={classes.fill} width={Math.min(1, Math.max(0, ratio)) * 100} height="6" />
    </svg>
  );
}
