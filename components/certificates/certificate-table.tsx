"use client";
import { ActionIcon } from "@mantine/core";
import { IconAlertTriangle, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Time } from "#components/data/time.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import type { CertificateView } from "#lib/contracts/certificates.ts";
import { daysLeft, expiryState } from "#lib/core/certificates/expiry.ts";
import classes from "./certificates.module.css";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;
const MINUTE_MS = 60_000;
/** Names shown in a row; the others are told by their count. */
const MAX_NAMES = 3;

type RowActions = { onEdit: (one: CertificateView) => void; onDelete: (one: CertificateView) => void };
type Props = RowActions & { certificates: readonly CertificateView[] };

/** Certificates, the one that expires first first. */
export function CertificateTable({ certificates, ...actions }: Props) {
  const t = useTranslations("certificates.table");
  const columns = [
    { key: "name", label: t("name") },
    { key: "names", label: t("names") },
    { key: "expires", label: t("expires") },
    { key: "issuer", label: t("issuer") },
    { key: "key", label: t("key") },
    { key: "actions", label: t("actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("label")} columns={columns}>
      {certificates.map((certificate) => (
        <CertificateRow key={certificate.id} certificate={certificate} {...actions} />
      ))}
    </DataTable>
  );
}

function CertificateRow({ certificate, onEdit, onDelete }: RowActions & { certificate: CertificateView }) {
  const t = useTranslations("certificates");
  const { name, isDefault, issuer, isSelfSigned, keyType, fingerprint } = certificate;
  return (
    <tr data-certificate={name}>
      <td title={t("table.fingerprint", { fingerprint })}>
        <b>{name}</b>
        {isDefault && <span className={classes.default}>{t("table.default")}</span>}
      </td>
      <td>
        <Names names={certificate.names} />
      </td>
      <td>
        <Expiry notAfter={certificate.notAfter} />
      </td>
      <td className={classes.issuer} title={issuer}>
        {isSelfSigned ? t("table.selfSigned") : issuer}
      </td>
      <td>{keyType}</td>
      <td className={tableClasses.number}>
        <ActionMenu
          width={180}
          target={
            <ActionIcon aria-label={t("actions.label", { name })}>
              <IconDots {...ICON} />
            </ActionIcon>
          }
        >
          <GuardedItem needs="publisher" icon={<IconPencil {...ICON} />} onClick={() => onEdit(certificate)}>
            {t("actions.edit")}
          </GuardedItem>
          <GuardedItem
            needs="publisher"
            icon={<IconTrash {...ICON} />}
            isDangerous
            onClick={() => onDelete(certificate)}
          >
            {t("actions.delete")}
          </GuardedItem>
        </ActionMenu>
      </td>
    </tr>
  );
}

function Names({ names }: { names: readonly string[] }) {
  const t = useTranslations("certificates.table");
  if (names.length === 0) return <span className={tableClasses.mute}>{t("noNames")}</span>;
  const more = names.length - MAX_NAMES;
  return (
    <span title={names.join("\n")}>
      {names.slice(0, MAX_NAMES).map((name) => (
        <code key={name} className={classes.name}>
          {name}
        </code>
      ))}
      {more > 0 && <span className={tableClasses.mute}>{t("more", { count: more })}</span>}
    </span>
  );
}

/** When it expires, and how long that is; urgent once renewing is due, by colour, icon and words. */
function Expiry({ notAfter }: { notAfter: string }) {
  const t = useTranslations("certificates.expiry");
  const days = daysLeft(Date.parse(notAfter), useServerNow(MINUTE_MS));
  const state = expiryState(days);
  return (
    <>
      <Time at={notAfter} />{" "}
      <span className={classes.expiry} data-state={state}>
        {state !== "good" && <IconAlertTriangle size={13} aria-hidden="true" />}
        {state === "expired" ? t("expired", { days: -days }) : t("left", { days })}
      </span>
    </>
  );
}
