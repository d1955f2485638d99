"use client";
import { Button, type ButtonProps, Menu, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDatabaseLost } from "#lib/client/database.ts";
import { meQuery } from "#lib/client/queries.ts";
import { type Role, roleAllows } from "#lib/contracts/common.ts";
import classes from "./guarded.module.css";

// Inside the main landmark, where screen readers expect what belongs to the page.
const IN_MAIN = { target: "#main" };

/**
 * Why the person may not do what needs `needed`; undefined when they may. While the role is not known they may not, and while the
 * database is lost nobody may.
 */
export function useRefusal(needed: Role): string | undefined {
  const t = useTranslations("forms");
  const common = useTranslations("common");
  const { data } = useQuery(meQuery);
  const isLost = useDatabaseLost() !== null;
  if (isLost) return t("databaseLost");
  if (!data) return common("loading");
  if (roleAllows(data.role, needed)) return undefined;
  return t("needsRole", { role: common(`role.${needed}`), present: common(`role.${data.role}`) });
}

type GuardedButtonProps = ButtonProps & {
  needs: Role;
  onClick?: () => void;
  type?: "button" | "submit";
  "aria-label"?: string;
  children: React.ReactNode;
};

/** A button that only a role may press. Without the role it stays reachable, and says which role it needs. */
export function GuardedButton({ needs, onClick, children, ...rest }: GuardedButtonProps) {
  const refusal = useRefusal(needs);
  if (refusal === undefined)
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    );
  return (
    <Tooltip label={refusal} portalProps={IN_MAIN} events={{ hover: true, focus: true, touch: true }}>
      <Button {...rest} type="button" data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  );
}

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
