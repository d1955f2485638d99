"use client";
import { IconLanguage } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useTransition } from "react";
import { rememberLocale } from "#lib/client/preferences.ts";
import { LOCALE_NAMES, LOCALES, type Locale } from "#lib/i18n/locales.ts";
import { ChoiceMenu } from "./choice-menu.tsx";

const CHOICES = LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }));

export function LanguageSwitch() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const [, startTransition] = useTransition();
  const choose = (next: Locale) => {
    rememberLocale(next);
    startTransition(() => router.refresh());
  };
  return (
    <ChoiceMenu label={t("language")} value={locale} choices={CHOICES} onChoose={choose}>
      <IconLanguage size={15} stroke={1.7} aria-hidden="true" />
      &nbsp;{LOCALE_NAMES[locale]}
    </ChoiceMenu>
  );
}
