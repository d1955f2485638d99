"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { type AlertWords, alertHeadline } from "#lib/i18n/alert-text.ts";

/** One line that says what an alert is about. */
export function useAlertText(): (alert: AlertWords) => string {
  const t = useTranslations("alerts");
  return useCallback((alert: AlertWords) => alertHeadline(t, alert), [t]);
}
