"use client";
import { ActionIcon, Button, Kbd } from "@mantine/core";
import { useOs } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import classes from "./palette.module.css";
import { askForPalette } from "./palette-keys.tsx";

/** Opens the palette for those who do not know its keys, and tells them. */
export function SearchButton() {
  const t = useTranslations("palette");
  const os = useOs();
  return (
    <Button
      variant="default"
      className={classes.open}
      leftSection={<IconSearch size={13} stroke={1.9} aria-hidden="true" />}
      rightSection={<Kbd size="xs">{os === "macos" ? "⌘K" : "Ctrl K"}</Kbd>}
      onClick={askForPalette}
    >
      {t("button")}
    </Button>
  );
}

/** For narrow screens, which have no keys. */
export function SearchIcon() {
  const t = useTranslations("palette");
  return (
    <ActionIcon variant="subtle" color="gray" size={30} aria-label={t("button")} onClick={askForPalette}>
      <IconSearch size={17} stroke={1.8} aria-hidden="true" />
    </ActionIcon>
  );
}
