"use client";
import type { Menu, MenuProps } from "@mantine/core";
import { cloneElement } from "react";
import { patiently } from "#lib/client/patiently.ts";
import { useOnDemand } from "./use-on-demand.ts";

type Target = React.ReactElement<React.ComponentProps<"button">>;
export type LazyMenuProps = Omit<MenuProps, "children" | "opened" | "onChange"> & {
  /** The button that opens it. */
  target: Target;
  children: (parts: typeof Menu) => React.ReactNode;
};

const load = patiently(() => import("./opened-menu.tsx").then((module) => module.OpenedMenu));

/** A menu whose code, with that which places it, is half as much as React: it comes when somebody opens the first. */
export function LazyMenu(props: LazyMenuProps) {
  const { found: OpenedMenu, prepare, ask } = useOnDemand(load);
  if (OpenedMenu) return <OpenedMenu {...props} />;
  return cloneElement(props.target, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: prepare,
    onFocus: prepare,
    onClick: ask,
  });
}
