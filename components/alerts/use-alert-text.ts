"use client";
import { useTranslations } from "next-intl";
import type { Alert } from "#lib/contracts/alerts.ts";

/** One line that says what an alert is about. */
export function useAlertText(): (alert: Alert) => string {
  const t = useTranslations("alerts");
  return (alert) => t(`headline.${alert.rule}`, { node: alert.nodeName, count: alert.consecutiveFailures });
}
