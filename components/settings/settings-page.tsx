"use client";
import { useTranslations } from "next-intl";
import { Page } from "#components/shell/page.tsx";
import { TokensPanel } from "./tokens-panel.tsx";

export function SettingsPage() {
  const t = useTranslations("shell");
  return (
    <Page title={t("nav.settings")}>
      <TokensPanel />
    </Page>
  );
}
