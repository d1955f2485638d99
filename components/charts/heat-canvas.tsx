"use client";
import { useMantineColorScheme } from "@mantine/core";
import { memo, useEffect, useRef } from "react";
import { type HeatBounds, type HeatRow, levelOf, HEAT_ROW_PX as ROW_PX } from "#lib/client/heat.ts";
import classes from "./heat-map.module.css";

const GAP_PX = 1;
const LEVELS = [0, 1, 2, 3, 4] as const;

type Props = { rows: readonly HeatRow[]; columns: number; bounds: HeatBounds; width: number };

/** 200 nodes have 12,000 cells: as elements of the page they would cost more than all else on it. */
export const HeatCanvas = memo(function HeatCanvas({ rows, columns, bounds, width }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { colorScheme } = useMantineColorScheme();
  const height = rows.length * ROW_PX;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const levels = rows.map(({ values }) => values.map((value) => (value === null ? null : levelOf(value, bounds))));
    const paint = () => {
      const styles = getComputedStyle(canvas);
      const colours = LEVELS.map((level) => styles.getPropertyValue(`--gb-heat-${level}`));
      const none = styles.getPropertyValue("--gb-field-line");
      const scale = window.devicePixelRatio || 1;
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      context.scale(scale, scale);
      const cell = width / columns;
      const wide = Math.max(1, cell - GAP_PX);
      // One colour after the other: a canvas that changes it with each of thousands of cells spends its time on that.
      for (const level of [null, ...LEVELS]) {
        context.fillStyle = (level === null ? none : colours[level]) ?? none;
        // What was not measured is a thin line: no colour of the scale could be taken for it.
        const [top, high] = level === null ? [ROW_PX / 2 - 1, 2] : [GAP_PX / 2, ROW_PX - GAP_PX];
        levels.forEach((row, y) => {
          for (let column = 0; column < columns; column++)
            if ((row[column] ?? null) === level)
              context.fillRect(column * cell + GAP_PX / 2, y * ROW_PX + top, wide, high);
        });
      }
    };
    paint();
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const later = () => requestAnimationFrame(paint);
    dark.addEventListener("change", later);
    return () => dark.removeEventListener("change", later);
  }, [rows, columns, bounds, width, height, colorScheme]);
  return <canvas ref={ref} className={classes.canvas} style={{ width, height }} />;
});
