"use client";
import type { TooltipProps } from "@mantine/core";
import { cloneElement } from "react";
import { patiently } from "#lib/client/patiently.ts";
import { useOnDemand } from "./use-on-demand.ts";

export type LazyTooltipProps = {
  label: string;
  portalProps?: TooltipProps["portalProps"];
  /** Something that only tells: a press on it between pointing at it and the coming of the tooltip may be lost. */
  children: React.ReactElement<React.ComponentProps<"button">>;
};

const load = patiently(() => import("./shown-tooltip.tsx").then((module) => module.ShownTooltip));

/** A tooltip whose code comes when somebody points at the first. */
export function LazyTooltip(props: LazyTooltipProps) {
  const { found: ShownTooltip, ask } = useOnDemand(load);
  if (ShownTooltip) return <ShownTooltip {...props} />;
  return cloneElement(props.children, { onPointerEnter: ask, onFocus: ask });
}
