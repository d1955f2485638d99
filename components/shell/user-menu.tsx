"use client";
import { ActionIcon } from "@mantine/core";
import { IconLogout, IconUser, IconUserCog } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { Link } from "#components/data/link.tsx";
import { LazyMenu } from "#components/forms/lazy-menu.tsx";
import { signOut } from "#lib/client/auth.ts";
import { meQuery } from "#lib/client/queries.ts";

export function UserMenu() {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const { data: me } = useQuery(meQuery);
  return (
    <LazyMenu
      position="bottom-end"
      target={
        <ActionIcon variant="default" size={28} aria-label={t("user.menu", { name: me?.name ?? "" })}>
          <IconUser size={15} stroke={1.7} aria-hidden="true" />
        </ActionIcon>
      }
    >
      {(Menu) => (
        <>
          {me && (
            <Menu.Label>
              {me.name} · {common(`role.${me.role}`)}
            </Menu.Label>
          )}
          <Menu.Item
            component={Link}
            href="/settings?tab=account"
            leftSection={<IconUserCog size={14} aria-hidden="true" />}
          >
            {t("user.account")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={14} aria-hidden="true" />} onClick={() => void signOut()}>
            {t("user.signOut")}
          </Menu.Item>
        </>
      )}
    </LazyMenu>
  );
}
