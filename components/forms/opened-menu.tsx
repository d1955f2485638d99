"use client";
import { Menu } from "@mantine/core";
import { cloneElement, useEffect, useRef, useState } from "react";
import type { LazyMenuProps } from "./lazy-menu.tsx";

/** In place of the button that was pressed: with the focus where it was, and open. */
export function OpenedMenu({ target, children, ...props }: LazyMenuProps) {
  const [isOpened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus();
    setOpened(true);
  }, []);
  return (
    <Menu {...props} opened={isOpened} onChange={setOpened}>
      <Menu.Target>{cloneElement(target, { ref: button })}</Menu.Target>
      <Menu.Dropdown>{children(Menu)}</Menu.Dropdown>
    </Menu>
  );
}
