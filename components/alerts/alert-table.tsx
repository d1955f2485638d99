"use client";
import { ActionIcon } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { Time } from "#components/data/time.tsx";
import { nodeHref } from "#components/nodes/node-row.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { Alert } from "#lib/contracts/alerts.ts";
import { Acknowledged } from "./acknowledged.tsx";
import { AlertLevel } from "./alert-level.tsx";
import { AlertReason } from "./alert-reason.tsx";
import { useAlertText } from "./use-alert-text.ts";

/** Where all that is known of an alert is shown. */
export const alertHref = ({ id }: Pick<Alert, "id">): Route => `/alerts/${id}` as Route;

function Headline({ alert }: { alert: Alert }) {
  const t = useTranslations("alerts");
  const text = useAlertText()(alert);
  const { nodeId, poolId } = alert;
  const headline =
    !nodeId || !poolId ? (
      <b>{text}</b>
    ) : (
      <Link className={tableClasses.name} href={nodeHref({ id: nodeId, poolId })}>
        {text}
      </Link>
    );
  return (
    <>
      {headline}
      {alert.muted && alert.muted.kind !== "expected" && <span className={tableClasses.mute}> · {t("muted")}</span>}
      <ActionIcon size="xs" ml={4} component={Link} href={alertHref(alert)} aria-label={t("open", { alert: text })}>
        <IconInfoCircle size={14} aria-hidden="true" />
      </ActionIcon>
    </>
  );
}

function Ends({ alert }: { alert: Alert }) {
  const t = useTranslations("alerts");
  const formats = useFormats();
  const lastedMs = alert.resolvedAt && Date.parse(alert.resolvedAt) - Date.parse(alert.firedAt);
  return (
    <>
      <td>
        {alert.resolvedAt ? (
          <Time at={alert.resolvedAt} after={alert.firedAt} />
        ) : (
          <b className={tableClasses.bad}>{t("firing")}</b>
        )}
      </td>
      <td className={tableClasses.number}>{lastedMs ? formats.duration(lastedMs) : MISSING}</td>
    </>
  );
}

type Props = {
  label: string;
  alerts: readonly Alert[];
  hasEnds?: boolean;
  /** Left out: nobody takes an alert on here. */
  onAcknowledge?: (alert: Alert) => void;
};

/** Alerts as rows; with `hasEnds` also when each ended and how long it lasted. */
export function AlertTable({ label, alerts, hasEnds = false, onAcknowledge }: Props) {
  const t = useTranslations("alerts");
  const columns: Column[] = [
    { key: "level", label: t("columns.level") },
    { key: "alert", label: t("columns.alert") },
    { key: "pool", label: t("columns.pool") },
    { key: "reason", label: t("columns.reason") },
    { key: "fired", label: t("columns.fired") },
    ...(hasEnds
      ? [
          { key: "ended", label: t("columns.ended") },
          { key: "lasted", label: t("columns.lasted"), isNumber: true },
        ]
      : [{ key: "since", label: t("columns.since"), isNumber: true }]),
    { key: "acknowledged", label: t("columns.acknowledged") },
  ];
  return (
    <DataTable label={label} columns={columns}>
      {alerts.map((alert) => (
        <tr key={alert.id} data-alert={alert.nodeName || alert.subjectName} data-state={alert.state}>
          <td>
            <AlertLevel level={alert.level} isFiring={alert.state === "firing"} />
          </td>
          <td className={`${tableClasses.wrap} ${tableClasses.headline}`}>
            <Headline alert={alert} />
          </td>
          <td>{alert.poolName}</td>
          <td className={tableClasses.wrap}>
            <AlertReason alert={alert} />
          </td>
          <td>
            <Time at={alert.firedAt} />
          </td>
          {hasEnds ? (
            <Ends alert={alert} />
          ) : (
            <td className={tableClasses.number}>
              <RelativeTime at={alert.firedAt} />
            </td>
          )}
          <td className={hasEnds ? tableClasses.words : undefined}>
            <Acknowledged alert={alert} onAcknowledge={onAcknowledge} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
