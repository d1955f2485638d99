"use client";
import { Menu, Tooltip } from "@mantine/core";
import type { Role } from "#lib/contracts/roles.ts";
import classes from "./guarded.module.css";
import { useRefusal } from "./use-refusal.ts";

// Inside the main landmark, where screen readers expect what belongs to the page.
const IN_MAIN = { target: "#main" };

type GuardedItemProps = {
  needs: Role;
  /** Why it makes no sense now, whatever the role. */
  pointless?: string;
  onClick: () => void;
  icon: React.ReactNode;
  isDangerous?: boolean;
  children: React.ReactNode;
};

/** An entry of a menu that only a role may choose. */
export function GuardedItem({ needs, pointless, onClick, icon, isDangerous, children }: GuardedItemProps) {
  const refusal = useRefusal(needs) ?? pointless;
  if (refusal === undefined)
    return (
      <Menu.Item leftSection={icon} className={isDangerous ? classes.danger : undefined} onClick={onClick}>
        {children}
      </Menu.Item>
    );
  return (
    <Tooltip label={refusal} portalProps={IN_MAIN} position="left" events={{ hover: true, focus: true, touch: true }}>
      <Menu.Item leftSection={icon} data-disabled aria-disabled="true" closeMenuOnClick={false}>
        {children}
      </Menu.Item>
    </Tooltip>
  );
}
