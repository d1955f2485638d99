"use client";
import { useTranslations } from "next-intl";
import { useFormats } from "#lib/client/use-formats.ts";
import type { WarmUpSettings } from "#lib/contracts/config.ts";
import { warmUpFactor } from "#lib/core/warm-up.ts";
import classes from "./warm-up-curve.module.css";

const WIDTH = 320;
const HEIGHT = 72;
const POINTS = 160;

/** How much of its weight a node has over the window, drawn by the very function that the proxies go by. */
export function WarmUpCurve({ settings, elapsedRatio }: { settings: WarmUpSettings; elapsedRatio?: number }) {
  const t = useTranslations("nodes.warmUp");
  const formats = useFormats();
  const { windowMs, curve, startRatio } = settings;
  const at = (ratio: number) => warmUpFactor({ startedMs: 0, cause: "manual" }, ratio * windowMs, settings);
  const xOf = (ratio: number) => (ratio * WIDTH).toFixed(1);
  const yOf = (ratio: number) => ((1 - at(ratio)) * HEIGHT).toFixed(1);
  const points = Array.from({ length: POINTS + 1 }, (_, i) => `${xOf(i / POINTS)},${yOf(i / POINTS)}`).join(" ");
  const words = { start: formats.percent(startRatio), time: formats.duration(windowMs) };
  return (
    <figure className={classes.figure}>
      <svg
        className={classes.plot}
        viewBox={`-4 -6 ${WIDTH + 8} ${HEIGHT + 10}`}
        role="img"
        aria-label={t(`told.${curve}`, words)}
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className={classes.axis} />
        <line x1={0} x2={WIDTH} y1={0} y2={0} className={classes.whole} />
        <polyline points={points} className={classes.curve} />
        {elapsedRatio !== undefined && (
          <circle cx={xOf(elapsedRatio)} cy={yOf(elapsedRatio)} r={4} className={classes.now} />
        )}
      </svg>
      <figcaption className={classes.caption}>
        <span>{words.start}</span>
        <span>{t(`told.${curve}`, words)}</span>
        <span>{words.time}</span>
      </figcaption>
    </figure>
  );
}
