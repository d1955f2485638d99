"use client";
import { useMantineColorScheme } from "@mantine/core";
import { memo, useEffect, useRef } from "react";
import { type HeatBounds, type HeatRow, levelOf, HEAT_ROW_PX as ROW_PX } from "#lib/client/heat.ts";
import classes from "./heat-map.module.css";

const GAP_PX = 1;
const LEVELS = ["0", "1", "2", "3", "4"] as const;

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
    const paint = () => {
      const styles = getComputedStyle(canvas);
      const colours = LEVELS.map((level) => styles.getPropertyValue(`--gb-heat-${level}`));
      const none = styles.getPropertyValue("--gb-field-line");
      const scale = window.devicePixelRatio || 1;
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      context.scale(scale, scale);
      const cell = width / columns;
      rows.forEach(({ values }, row) => {
        for (let column = 0; column < columns; column++) {
          const value = values[column] ?? null;
          context.fillStyle = (value === null ? none : colours[levelOf(value, bounds)]) ?? none;
          // What was not measured is a thin line: no colour of the scale could be taken for it.
          const [top, high] = value === null ? [ROW_PX / 2 - 1, 2] : [GAP_PX / 2, ROW_PX - GAP_PX];
          context.fillRect(column * cell + GAP_PX / 2, row * ROW_PX + top, Math.max(1, cell - GAP_PX), high);
        }
      });
    };
    paint();
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const later = () => requestAnimationFrame(paint);
    dark.addEventListener("change", later);
    return () => dark.removeEventListener("change", later);
  }, [rows, columns, bounds, width, height, colorScheme]);
  return <canvas ref={ref} className={classes.canvas} style={{ width, height }} />;
});
