"use client";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { ChartPoint } from "#lib/client/chart-points.ts";
import { pointAt } from "#lib/client/crosshair.ts";
import { type Domain, nearestPoint, type Scale } from "#lib/client/plot.ts";

/** A shorter drag is a click. */
const SHORTEST_DRAG_PX = 6;

type Options = {
  scale: Scale;
  points: readonly ChartPoint[];
  /** The instant that is pointed at, on whichever chart. */
  atMs: number | null;
  /** Undefined: this chart has no other range. */
  onZoom: ((fromMs: number, toMs: number) => void) | undefined;
  onZoomOut: (() => void) | undefined;
};

const sorted = (a: number, b: number): Domain => (a < b ? [a, b] : [b, a]);

/**
 * Reads a chart and chooses a piece of it: by mouse and finger (drag sideways; up and down scrolls the page), and by the
 * keyboard (arrows, with Shift to choose, Enter to look closer, Escape to let go or to look at more).
 */
export function useBrush({ scale, points, atMs, onZoom, onZoomOut }: Options) {
  const [anchorMs, setAnchorMs] = useState<number | null>(null);
  const piece = anchorMs === null || atMs === null ? null : sorted(anchorMs, atMs);
  const isWide = (found: Domain | null): found is Domain =>
    found !== null && scale.x(found[1]) - scale.x(found[0]) >= SHORTEST_DRAG_PX;
  const place = (event: PointerEvent<HTMLElement>) =>
    scale.at(event.clientX - event.currentTarget.getBoundingClientRect().left);

  const letGo = () => setAnchorMs(null);
  const take = () => {
    if (isWide(piece)) onZoom?.(...piece);
    letGo();
  };
  const step = (index: number, isChoosing: boolean) => {
    const next = points[Math.min(points.length - 1, Math.max(0, index))];
    if (!next) return;
    if (isChoosing && onZoom) setAnchorMs((known) => known ?? atMs ?? next.atMs);
    else letGo();
    pointAt(next.atMs);
  };

  return {
    piece: isWide(piece) ? piece : null,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const instant = place(event);
        pointAt(instant);
        if (onZoom) setAnchorMs(instant);
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => pointAt(place(event)),
      onPointerUp: take,
      onPointerCancel: letGo,
      onPointerLeave: () => {
        if (anchorMs === null) pointAt(null);
      },
      onDoubleClick: onZoomOut,
      onBlur: () => {
        letGo();
        pointAt(null);
      },
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        const here = atMs === null ? points.length : nearestPoint(points, atMs);
        const steps: Record<string, number> = {
          ArrowLeft: here - 1,
          ArrowRight: here + 1,
          PageUp: here + 10,
          PageDown: here - 10,
          Home: 0,
          End: points.length - 1,
        };
        const to = steps[event.key];
        if (to !== undefined) step(to, event.shiftKey);
        else if (event.key === "Enter") take();
        else if (event.key === "Escape" && anchorMs !== null) letGo();
        else if (event.key === "Escape" && onZoomOut) onZoomOut();
        else return;
        event.preventDefault();
        // A drawer around the chart would close by Escape.
        event.stopPropagation();
      },
    },
  };
}
