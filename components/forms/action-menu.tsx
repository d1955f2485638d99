"use client";
import { Menu } from "@mantine/core";

type Props = {
  /** The button that opens it. */
  target: React.ReactNode;
  width?: number;
  children: React.ReactNode;
};

/** A menu of actions. It opens inside the page's main landmark, where screen readers expect what belongs to a row. */
export function ActionMenu({ target, width = 200, children }: Props) {
  return (
    <Menu position="bottom-end" width={width} withInitialFocusPlaceholder={false} portalProps={{ target: "#main" }}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
