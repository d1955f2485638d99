"use client";
import { useTranslations } from "next-intl";
import type { ChartPoint } from "#lib/client/chart-points.ts";
import type { Domain } from "#lib/client/plot.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Line } from "./lines.ts";
import classes from "./time-chart.module.css";

type Props = {
  point: ChartPoint;
  /** The same place in the period before, where that is drawn, too. */
  before: ChartPoint | undefined;
  /** What is being chosen to look at closer. */
  piece: Domain | null;
  lines: readonly Line[];
  format: (value: number | null) => string;
  x: number;
  /** Which side of the crosshair has room. */
  isRight: boolean;
};

/** The figures at the crosshair, beside it. */
export function ChartTooltip({ point, before, piece, lines, format, x, isRight }: Props) {
  const t = useTranslations("charts");
  const formats = useFormats();
  return (
    <div className={classes.tooltip} style={{ left: x }} data-side={isRight ? "right" : "left"} aria-hidden="true">
      <div className={classes.tooltipTime}>
        {piece ? `${formats.span(...piece)} · ${formats.duration(piece[1] - piece[0])}` : formats.dateTime(point.atMs)}
      </div>
      {lines.map((line) => (
        <div key={line.field} className={classes.tooltipRow}>
          <span className={classes.legend} data-tone={line.tone}>
            {line.label}
          </span>
          <b>{format(point[line.field] ?? null)}</b>
        </div>
      ))}
      {before &&
        lines.map((line) => (
          <div key={`${line.field} before`} className={classes.tooltipRow} data-before="true">
            <span className={classes.legend} data-tone={line.tone} data-dashed="true">
              {t("before", { line: line.label })}
            </span>
            <span>{format(before[line.field] ?? null)}</span>
          </div>
        ))}
    </div>
  );
}
