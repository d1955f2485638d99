"use client";
import { LazyMenu, type LazyMenuProps } from "./lazy-menu.tsx";

type Props = {
  /** The button that opens it. */
  target: LazyMenuProps["target"];
  width?: number;
  children: React.ReactNode;
};

// Inside the page's main landmark, where screen readers expect what belongs to a row.
const IN_MAIN = { target: "#main" };

/** A menu of actions. Every row of a table has one, so that only its button is made before somebody opens it. */
export function ActionMenu({ target, width = 200, children }: Props) {
  return (
    <LazyMenu
      target={target}
      position="bottom-end"
      width={width}
      withInitialFocusPlaceholder={false}
      portalProps={IN_MAIN}
    >
      {() => children}
    </LazyMenu>
  );
}
