"use client";
import { useTranslations } from "next-intl";
import { tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import type { Alert } from "#lib/contracts/alerts.ts";

type Props = {
  alert: Alert;
  /** Left out: it can only be looked at. */
  onAcknowledge?: (alert: Alert) => void;
};

/** Who has taken an alert on, or the button to do so. */
export function Acknowledged({ alert, onAcknowledge }: Props) {
  const t = useTranslations("alerts.acknowledge");
  const { acknowledgedAt, acknowledgedBy, acknowledgement } = alert;
  if (acknowledgedAt !== null)
    return (
      <>
        {acknowledgedBy} <RelativeTime at={acknowledgedAt} />
        {acknowledgement !== "" && <div className={tableClasses.mute}>{acknowledgement}</div>}
      </>
    );
  if (onAcknowledge === undefined || alert.state !== "firing")
    return <span className={tableClasses.mute}>{t("nobody")}</span>;
  return (
    <GuardedButton needs="operator" variant="default" size="compact-xs" onClick={() => onAcknowledge(alert)}>
      {t("button")}
    </GuardedButton>
  );
}
