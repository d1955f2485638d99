"use client";
import { LazyMenu, type LazyMenuProps } from "./lazy-menu.tsx";

type Props = {
  /** The button that opens it. */
  target: LazyMenuProps["target"];
  width?: number;
  children: React.ReactNode;
};

/**
 * A menu of actions. It opens inside the page's main landmark, where screen readers expect what belongs to a row. Until then
 * it is a button: the menus of a table's rows, which nobody opened, took longer to make than the rows.
 */
export function ActionMenu({ target, width = 200, children }: Props) {
  return (
    <LazyMenu
      position="bottom-end"
      width={width}
      withInitialFocusPlaceholder={false}
      portalProps={{ target: "#main" }}
      target={target}
    >
      {() => children}
    </LazyMenu>
  );
}
