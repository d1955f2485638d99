"use client";
import { useTranslations } from "next-intl";
import type { BackTest } from "#lib/contracts/alert-rules-api.ts";
import classes from "./back-test.module.css";

const WIDTH = 600;
const HEIGHT = 64;

/** The range, with what was measured, the limit, and each time that the rule would have fired. */
export function BackTestStrip({ result: { fromMs, toMs, firings, count, series } }: { result: BackTest }) {
  const t = useTranslations("rules.backTest");
  const x = (ms: number) => ((Math.max(fromMs, ms) - fromMs) / (toMs - fromMs)) * WIDTH;
  const values = series?.points.flatMap(([, value]) => value ?? []) ?? [];
  const top = Math.max(series?.limit ?? 0, ...values) * 1.1 || 1;
  const y = (value: number) => HEIGHT - (value / top) * HEIGHT;
  return (
    <svg
      className={classes.strip}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t("count", { count })}
    >
      {firings.map(({ subjectId, firedMs, resolvedMs }) => (
        <rect
          key={`${subjectId} ${firedMs}`}
          className={classes.firing}
          x={x(firedMs)}
          y={0}
          width={Math.max(2, x(resolvedMs ?? toMs) - x(firedMs))}
          height={HEIGHT}
        />
      ))}
      {series && <line className={classes.limit} x1={0} x2={WIDTH} y1={y(series.limit)} y2={y(series.limit)} />}
      {series?.points.map(([atMs, value]) =>
        value === null ? null : (
          <rect key={atMs} className={classes.value} x={x(atMs)} y={y(value)} width={2} height={HEIGHT - y(value)} />
        ),
      )}
    </svg>
  );
}
