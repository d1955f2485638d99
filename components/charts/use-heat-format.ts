"use client";
import type { HeatFigure } from "#lib/client/heat.ts";
import { useFormats } from "#lib/client/use-formats.ts";

/** How values of a heat map are written. */
export function useHeatFormat(figure: HeatFigure): (value: number | null) => string {
  const formats = useFormats();
  return figure === "latency" ? formats.msUnit : formats.percent;
}
