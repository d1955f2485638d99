"use client";
import { Tooltip } from "@mantine/core";
import { cloneElement, useEffect, useRef } from "react";
import type { LazyTooltipProps } from "./lazy-tooltip.tsx";

/** In place of what was pointed at or had the focus, which it keeps. */
export function ShownTooltip({ children, ...props }: LazyTooltipProps) {
  const told = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) told.current?.focus();
  }, []);
  return (
    <Tooltip {...props} defaultOpened events={{ hover: true, focus: true, touch: true }}>
      {cloneElement(children, { ref: told })}
    </Tooltip>
  );
}
