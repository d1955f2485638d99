"use client";
import { useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useIsReady } from "#components/data/ready.tsx";
import { ChoiceMenu } from "./choice-menu.tsx";

const ICONS = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const;
const SCHEMES = ["light", "dark", "auto"] as const;

export function ThemeSwitch() {
  const t = useTranslations("shell");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  // The server does not know the choice: its picture is that of "as the system", also for the first render here.
  const scheme = useIsReady() ? colorScheme : "auto";
  const Icon = ICONS[scheme];
  return (
    <ChoiceMenu
      label={t("theme.label")}
      value={scheme}
      choices={SCHEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
      onChoose={setColorScheme}
    >
      <Icon size={15} stroke={1.7} role="img" aria-label={t(`theme.${scheme}`)} />
    </ChoiceMenu>
  );
}
