"use client";
import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { useRefusal } from "#components/forms/use-refusal.ts";
import { MISSING } from "#lib/client/format.ts";
import { storageQuery } from "#lib/client/upkeep.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { StorageView } from "#lib/contracts/retention.ts";

const SHOWN_TABLES = 8;
const MIB = 1_048_576;

function CleanUps({ cleanUps }: Pick<StorageView, "cleanUps">) {
  const t = useTranslations("system.storage");
  const formats = useFormats();
  const columns: Column[] = [
    { key: "kind", label: t("cleanUp") },
    { key: "at", label: t("last") },
    { key: "removed", label: t("removed"), isNumber: true },
    { key: "state", label: t("outcome") },
  ];
  return (
    <DataTable label={t("cleanUps")} columns={columns}>
      {cleanUps.map((each) => (
        <tr key={each.kind}>
          <td>{t(`kind.${each.kind}`)}</td>
          <td>
            <Time at={each.at} />
          </td>
          <td className={tableClasses.number}>{formats.integer(each.removed)}</td>
          <td className={each.error === null ? tableClasses.mute : tableClasses.bad}>
            {each.error === null ? t("worked") : t("failed", { reason: each.error })}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

/** Tables in words; one of a later version keeps its own name. */
function useTableName(): (name: string) => string {
  const t = useTranslations("system.storage");
  return (name) => {
    const known = name as "node";
    return t.has(`tableName.${known}`) ? t(`tableName.${known}`) : name;
  };
}

function Tables({ tables }: Pick<StorageView, "tables">) {
  const t = useTranslations("system.storage");
  const tableName = useTableName();
  const formats = useFormats();
  const columns: Column[] = [
    { key: "name", label: t("table") },
    { key: "size", label: t("size"), isNumber: true },
    { key: "rows", label: t("rows"), isNumber: true },
  ];
  return (
    <DataTable label={t("tables")} columns={columns}>
      {tables.slice(0, SHOWN_TABLES).map(({ name, bytes, rows }) => (
        <tr key={name}>
          <td title={name}>{tableName(name)}</td>
          <td className={tableClasses.number}>{t("mebibytes", { size: formats.integer(Math.ceil(bytes / MIB)) })}</td>
          <td className={tableClasses.number}>{rows === null ? MISSING : formats.integer(rows)}</td>
        </tr>
      ))}
    </DataTable>
  );
}

/** What history takes up, how its clean-ups went, and whether the audit is protected by more than a trigger. */
export function StoragePanel() {
  const t = useTranslations("system.storage");
  const formats = useFormats();
  const refusal = useRefusal("operator");
  const query = useQuery({ ...storageQuery, enabled: refusal === undefined });
  const size = query.data && t("total", { size: formats.integer(Math.ceil(query.data.databaseBytes / MIB)) });
  if (refusal !== undefined)
    return (
      <Panel title={t("title")}>
        <EmptyState title={refusal} text={t("needsOperator")} />
      </Panel>
    );
  return (
    <Panel flush title={t("title")} hint={size}>
      <QueryView query={query}>
        {(storage) => (
          <>
            {storage.auditProtection === "trigger" && (
              <Alert
                color="orange"
                icon={<IconAlertTriangle size={16} aria-hidden="true" />}
                title={t("oneRole")}
                m="sm"
              >
                {t("oneRoleText")}
              </Alert>
            )}
            {storage.cleanUps.length === 0 ? (
              <EmptyState title={t("none")} text={t("noneText")} />
            ) : (
              <CleanUps cleanUps={storage.cleanUps} />
            )}
            <Tables tables={storage.tables} />
          </>
        )}
      </QueryView>
    </Panel>
  );
}
