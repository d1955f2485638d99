"use client";
import { useLocale, useTranslations } from "next-intl";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import { alertFigures } from "#lib/i18n/alert-text.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import classes from "./alert-reason.module.css";

/** Why an alert fired: the level of the check that failed, the code in words, and what was found there. */
export function AlertReason({ alert }: { alert: Alert }) {
  const t = useTranslations("status");
  const words = useTranslations("alerts");
  const figures = alertFigures(words, useLocale(), alert);
  const reasonText = useReasonText();
  return (
    <>
      {alert.checkLevel && `${t(`checkLevel.${alert.checkLevel}`)}: `}
      {reasonText(alert.reason)}
      {figures !== "" && <span className={classes.detail}>{figures}</span>}
      {alert.detail && <span className={classes.detail}>{detailText(t, alert.detail)}</span>}
    </>
  );
}
